"""The stations' pages as a browser without scripts has them, in front of the market town."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

import httpx
from litestar import Router

from backend.console import refused as console_refused
from backend.console import sign_in
from backend.console.stations import routes
from backend.core import ids
from backend.people.guards import NEEDS_SIGN_IN
from backend.rosters.stall_schemas import NewStallRule
from backend.rosters.stall_setting import set_stall_rule
from backend.rosters.station_words import StallRuleKind
from tests.application import application
from tests.cast import TOWNSHIP
from tests.console.bench_desk import Desk
from tests.rosters.market_town import MarketTown

STATIONS = "/console/stations"
SINCE = date(2026, 11, 1)
PAGES = Router(
    path="/",
    route_handlers=[routes.router, sign_in.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@asynccontextmanager
async def station_desk() -> AsyncIterator[Desk]:
    """As nobody yet."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield Desk(client)


async def stall_rule(town: MarketTown, kind: StallRuleKind = StallRuleKind.ODD_MARKET) -> UUID:
    """Deputies at the market at its first one of odd months, or at the station on the 10th of even ones."""
    id = ids.uuid7()
    at_market = kind is StallRuleKind.ODD_MARKET
    new = NewStallRule(
        kind=kind, division_code=TOWNSHIP, opens="08:30", closes="11:30", valid_from=SINCE, source="年度安排",
        day_of_month=None if at_market else 10,
    )  # fmt: skip
    place = town.market if at_market else town.station
    await set_stall_rule(id=id, place_id=place, new=new, by=town.township)
    return id
