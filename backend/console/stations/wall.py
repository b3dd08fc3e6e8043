"""The sheet for a station's wall: hours, who serves which grid, the next markets, the QR, where to complain.

It hangs where everybody reads it: names and offices, numbers of offices alone, never a person's own.
"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from backend.console.pages import page
from backend.console.stations import words
from backend.console.stations.codes import codes_of, door, qr
from backend.core import clock
from backend.core import words as core_words
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.grid_services import list_grid_services
from backend.rosters.market_days import list_market_days
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_schemas import MarketDayRecord
from backend.rosters.stall_days import list_stall_days
from backend.rosters.stall_schemas import StallDayRecord
from backend.rosters.station_hours import list_station_hours
from backend.rosters.station_hours_schemas import StationOverview
from backend.rosters.station_lists import complaint_line, station_overview
from backend.rosters.station_words import DayState
from backend.rosters.units import may_lead
from backend.territory.rules import prefix_of

MOST_PEOPLE = 200
MARKETS, STALLS = 9, 6
ENOUGH = 60
"""Days to choose from: several markets of a township, called off ones left aside."""
COUNTY_DIGITS = 6


@get("/{unit_id:uuid}/wall", include_in_schema=False)
async def show_wall(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Response[str]:
    """A4, in Chinese whatever the reader's language is. Raises UnitUnknown (404), NoStation (409)."""
    station = await station_overview(unit_id=unit_id, by=by)
    address = await _address(request, station, by)
    spoken = core_words.language.set("zh")
    try:
        return page(
            "stations/wall.html",
            by=by,
            station=station,
            spans=words.spans_of(await list_station_hours(unit_id=unit_id, by=by), clock.today()),
            services=(await list_grid_services(by=by, station_id=unit_id, limit=MOST_PEOPLE)).items,
            markets=await _markets(station, by),
            stalls=await _stalls(station, by),
            complaints=await complaint_line(division_code=station.division_code),
            address=address,
            qr=qr(address) if address else None,
            words=words,
            lunar=lunar_text,
            today=clock.today(),
        )
    finally:
        core_words.language.reset(spoken)


async def _address(request: Request[Any, Any, Any], station: StationOverview, by: Actor) -> str | None:
    """Where its newest code leads; None where it has none, or where they are not his to print."""
    codes = await codes_of(station.id, by) if may_lead(station.division_code, by=by) else None
    code = next((each.code for each in codes or [] if each.code), None)
    return door(request, code) if code else None


async def _markets(station: StationOverview, by: Actor) -> list[MarketDayRecord]:
    """The next ones of its township; its own where it stands for a whole county."""
    if _of_a_county(station):
        found = await list_market_days(by=by, unit_id=station.id, limit=ENOUGH)
    else:
        found = await list_market_days(by=by, division_code=station.division_code, limit=ENOUGH)
    return [day for day in found.items if day.state is not DayState.CALLED_OFF][:MARKETS]


async def _stalls(station: StationOverview, by: Actor) -> list[StallDayRecord]:
    found = await list_stall_days(by=by, division_code=station.division_code, limit=ENOUGH)
    theirs = [day for day in found.items if day.place_id == station.id or not _of_a_county(station)]
    return [day for day in theirs if day.state is not DayState.CALLED_OFF][:STALLS]


def _of_a_county(station: StationOverview) -> bool:
    return len(prefix_of(station.division_code)) <= COUNTY_DIGITS


HANDLERS = (show_wall,)
