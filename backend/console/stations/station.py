"""/console/stations/{id}: one station, for whoever has a role around it; its leaders change things there."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from backend.console import notice_labels
from backend.console.form_refusals import Tried
from backend.console.pages import page
from backend.console.stations import words
from backend.console.stations.codes import codes_of
from backend.console.stations.months import day_names, marks_of, months_of
from backend.console.stations.week_form import rows_of, spans_of_day
from backend.console.typed import Typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.grid_services import list_grid_services
from backend.rosters.market_days import list_market_days
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_setting import list_market_rules
from backend.rosters.station_hours import list_station_hours
from backend.rosters.station_hours_schemas import StationHoursRecord
from backend.rosters.station_lists import station_members, station_overview
from backend.rosters.units import may_lead

ROWS = 50
YEAR = 12
MOST_DAYS = 400
Did = Annotated[str, QueryParameter(max_length=12)]
After = Annotated[str, QueryParameter(max_length=400)]
TOLD = {
    "hours": Term("The hours are set."),
    "days": Term("The days with other hours are set."),
    "back": Term("Taken back: the week holds on these days again."),
    "serves": Term("It is written down who serves there."),
    "ended": Term("It is written down with which day it ends."),
    "rule": Term("The market rule is set; the days are reckoned."),
}


@get("/{unit_id:uuid}", include_in_schema=False)
async def show_station(
    by: SignedIn, unit_id: FromPath[UUID], did: Did = "", on: FromQuery[date | None] = None, after: After = ""
) -> Response[str]:
    """All of it. `on`: who serves on that day; `after`: the next of them."""
    return await station_page(by, unit_id, told=did, on=on, after=after)


async def station_page(
    by: Actor,
    unit_id: UUID,
    *,
    told: str = "",
    on: date | None = None,
    after: str = "",
    refused: Tried | None = None,
    form: Typed | None = None,
    step: str = "",
) -> Response[str]:
    """The page, or the same with a form that was refused: `step` says which. Raises UnitUnknown (404), NoStation (409).

    form   what was typed into it
    """
    found = await station_overview(unit_id=unit_id, by=by)
    leads = may_lead(found.division_code, by=by)
    weeks = await list_station_hours(unit_id=unit_id, by=by)
    market = (await list_market_days(by=by, unit_id=unit_id, limit=MOST_DAYS)).items
    return page(
        "stations/station.html",
        status=refused.status if refused else 200,
        by=by,
        station=found,
        leads=leads,
        spans=words.spans_of(weeks, clock.today()),
        rows=rows_of(_present(weeks), form if step == "hours" else None),
        other=spans_of_day(form if step == "days" else None),
        members=await station_members(unit_id=unit_id, by=by),
        services=await list_grid_services(by=by, station_id=unit_id, on=on, limit=ROWS, cursor=after or None),
        on=on,
        rules=await list_market_rules(market_id=unit_id, by=by),
        market=market,
        months=months_of(clock.today(), YEAR, marks_of(market)) if market else [],
        day_names=day_names(),
        codes=await codes_of(unit_id, by) if leads else None,
        role=notice_labels.role,
        words=words,
        lunar=lunar_text,
        today=clock.today(),
        told=say(TOLD[told]) if told in TOLD else None,
        **_form(refused, form, step),
    )


def _form(refused: Tried | None, form: Typed | None, step: str) -> dict[str, Any]:
    return {"refused": refused, "form": form or Typed(), "step": step, "id": uuid7()}


def _present(weeks: list[StationHoursRecord]) -> StationHoursRecord | None:
    """What a form begins with: the week that goes on for good, else the last that is set."""
    return weeks[-1] if weeks else None


HANDLERS = (show_station,)
