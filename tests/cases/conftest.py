"""What the tests of this room stand on, beside the cast."""

from collections.abc import AsyncIterator

import httpx
import pytest

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases import receipt_routes, routes, step_routes
from tests.application import application
from tests.cases.desk import Desk
from tests.cast import Cast


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    """The cast with two units, their handlers, and a route."""
    return await Desk.make(cast)


@pytest.fixture
async def wire(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the room's own routes."""
    routers = [routes.router, step_routes.router, receipt_routes.router, receipt_routes.public_router]
    app = application(*routers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client
