"""What the tests of this room stand on, beside the cast."""

from collections.abc import AsyncIterator

import httpx
import pytest

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases import receipt_routes
from backend.diagnosis import expert_routes, offer_routes, routes
from tests.application import application
from tests.cast import Cast
from tests.diagnosis.clinic import Clinic


@pytest.fixture
async def clinic(cast: Cast) -> Clinic:
    """The cast with a studio, a station and their experts."""
    return await Clinic.make(cast)


@pytest.fixture
async def wire(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the room's own routes, and of receipts."""
    app = application(routes.router, receipt_routes.public_router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


@pytest.fixture
async def desk_wire(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the routes of experts and offers."""
    app = application(expert_routes.router, offer_routes.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client
