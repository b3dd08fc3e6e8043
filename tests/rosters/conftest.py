"""What the tests of this room stand on, beside the cast: a studio with its staff, and a station in the township."""

from collections.abc import AsyncIterator

import httpx
import pytest

import backend.push.escalation  # noqa: F401 - registers the job that rings
from backend.rosters import market_routes, station_hours_routes
from backend.rosters.routes import router
from tests.application import application
from tests.cast import Cast
from tests.rosters.market_town import MarketTown
from tests.rosters.studio import Studio


@pytest.fixture
async def studio(cast: Cast) -> Studio:
    """A studio whose phone is to be staffed day and night, and not one shift so far."""
    made = Studio(cast)
    await made.open()
    return made


@pytest.fixture
async def wire(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the room's own routes."""
    app = application(router, station_hours_routes.router, market_routes.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


@pytest.fixture
async def town(cast: Cast) -> MarketTown:
    """A township with a place for its market, and no market so far."""
    made = MarketTown(cast)
    await made.open()
    return made
