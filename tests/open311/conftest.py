"""What the tests of this door stand on: the desk of cases, villages on the map, and a partner with a key."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from backend.cases import receipt_routes, routes
from backend.core import ids
from backend.core.logs import RequestContext
from backend.open311 import partner_routes, partners
from backend.open311 import routes as open311
from backend.open311.partner_schemas import NewPartner, PartnerRecord
from backend.territory.actions import place_divisions
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.application import application
from tests.cases.desk import Desk
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE, Cast

PLACES = {VILLAGE: (116.2815, 36.8967), NEXT_VILLAGE: (116.3415, 36.9267), OTHER_VILLAGE: (119.12, 35.92)}
WATER, ROADS, WAGES = "planning_construction.water", "planning_construction.roads", "employment.wages"


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    """The cast with two units, a route, and three villages on the map."""
    points = {code: Point(crs=Crs.WGS84, longitude=x, latitude=y) for code, (x, y) in PLACES.items()}
    await place_divisions(points=points, demo=True)
    return await Desk.make(cast)


@dataclass(frozen=True)
class City:
    """A partner: its record, and what it sends."""

    record: PartnerRecord
    client: httpx.AsyncClient

    async def file(self, ending: str = "json", headers: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
        """A hole in the road of the village; a change of None leaves the field out."""
        said: dict[str, Any] = {
            "api_key": self.record.api_key,
            "service_code": ROADS,
            "lat": "36.8967",
            "long": "116.2815",
            "description": "村东路面有个大坑。\n晚上看不清",
            "first_name": "大山",
            "last_name": "林",
            "phone": "199 0000 0051",
        }
        form = {name: value for name, value in (said | changes).items() if value is not None}
        return await self.client.post(f"/open311/v2/requests.{ending}", data=form, headers=headers)

    async def number(self, **changes: Any) -> str:
        """The number of a request just filed."""
        answer = await self.file(**changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()[0]["service_request_id"])

    async def update(self, number: str, description: str, **more: Any) -> httpx.Response:
        """Something added to a request."""
        form = {"api_key": self.record.api_key, "service_request_id": number, "description": description, **more}
        return await self.client.post("/open311/v2/servicerequestupdates.json", data=form)

    async def get(self, path: str, **query: Any) -> Any:
        """What an address answers, as JSON."""
        answer = await self.client.get(f"/open311/v2/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def app() -> RequestContext:
    """This room's routes, and those of cases that tests look at."""
    routers = [open311.router, partner_routes.router, routes.router, receipt_routes.public_router]
    return RequestContext(application(*routers))


@pytest.fixture
async def wire(desk: Desk, app: RequestContext) -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks as nobody."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
def new_partner(desk: Desk) -> NewPartner:
    """The county's city app."""
    return NewPartner(id=ids.uuid7(), name="高唐随手拍", unit_id=desk.hotline, division_codes=[COUNTY])


@pytest.fixture
async def city(wire: httpx.AsyncClient, desk: Desk, new_partner: NewPartner) -> City:
    """A partner that may file and update in the county."""
    opened = await partners.open_partner(id=new_partner.id, new=new_partner, by=desk.cast.admin)
    return City(opened.record, wire)
