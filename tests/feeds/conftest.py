"""What the tests of feeds stand on: the cast, some contacts on the map, and a client of the room's own routes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from litestar import Litestar

from backend.core import ids
from backend.feeds.routes import router
from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from backend.visits import actions
from backend.visits.reference import load_reference
from backend.visits.schemas import NewVisit, VisitRecord
from backend.visits.tables import Channel
from tests.alerts.conftest import draft, noon, published, schema, ways  # noqa: F401 - fixtures
from tests.application import application
from tests.cast import VILLAGE, Cast

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
NOTE = "户主说井水发浑"


@pytest.fixture
def app(cast: Cast) -> Litestar:
    """The room's routes, with the cast in the database."""
    return application(router)


@pytest.fixture
async def wire(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks as nobody, from this machine."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
def bearer() -> Callable[[Actor], Awaitable[dict[str, str]]]:
    """Headers of somebody signed in."""

    async def headers(actor: Actor) -> dict[str, str]:
        token = await access_token_for(person_id=actor.person_id, valid_for=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
async def contact(cast: Cast) -> Callable[..., Awaitable[VisitRecord]]:
    """Records one contact of the cadre's: `await contact(longitude, latitude, minute=3)`; no point without degrees."""
    await load_reference()

    async def record(longitude: float | None = None, latitude: float | None = None, *, minute: int = 0) -> VisitRecord:
        point = None
        if longitude is not None and latitude is not None:
            point = Point(crs=Crs.WGS84, longitude=longitude, latitude=latitude, accuracy_m=5.0)
        new = NewVisit(
            id=ids.uuid7(),
            channel=Channel.VISIT if point else Channel.CALL,
            occurred_at=NOON + timedelta(minutes=minute),
            household_id=cast.household,
            division_code=VILLAGE,
            point=point,
            note=NOTE,
            companions=["赵强"],
        )
        return (await actions.record_visit(new=new, by=cast.cadre)).record

    return record
