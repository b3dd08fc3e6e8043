"""The week of a station, and days that are otherwise, as a form sends them."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.console.form_refusals import fitting, tried
from backend.console.stations.station import station_page
from backend.console.stations.week_form import Read, read_day, read_week
from backend.console.typed import Typed, typed
from backend.core.refusals import Refusal
from backend.core.words import Term
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.station_exceptions import NewStationException, except_station_days, resume_station_week
from backend.rosters.station_hours import set_station_hours
from backend.rosters.station_hours_schemas import NewStationHours

A_DAY = Term("Choose a day.")
WRONG = {"valid_from": A_DAY, "first": A_DAY, "last": A_DAY}


@post("/{unit_id:uuid}/hours", include_in_schema=False, status_code=200)
async def set_hours(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Response[Any]:
    """The week from a day on; all fields empty close the station."""
    return await _step(by, unit_id, await typed(request), "hours")


@post("/{unit_id:uuid}/days", include_in_schema=False, status_code=200)
async def set_days(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Response[Any]:
    """Some days with other hours, or closed."""
    return await _step(by, unit_id, await typed(request), "days")


@post("/{unit_id:uuid}/days/taking-back", include_in_schema=False, status_code=200)
async def take_days_back(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Response[Any]:
    """Days with other hours are as the week is again. Twice is once."""
    return await _step(by, unit_id, await typed(request), "back")


async def _step(by: Actor, unit_id: UUID, form: Typed, step: str) -> Response[Any]:
    read = Read([], {})
    try:
        read = _READS[step](form)
        await _TAKES[step](unit_id, form, read, by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await station_page(by, unit_id, refused=tried(refusal, names=read.names), form=form, step=step)
    return Redirect(f"/console/stations/{unit_id}?did={step}", status_code=303)


async def _week(unit_id: UUID, form: Typed, read: Read, by: Actor) -> None:
    given = {"valid_from": form.get("valid_from"), "hours": read.hours}
    await set_station_hours(unit_id=unit_id, new=fitting(NewStationHours, given, wrong=WRONG), by=by)


async def _days(unit_id: UUID, form: Typed, read: Read, by: Actor) -> None:
    given = {"first": form.get("first"), "last": form.get("last") or form.get("first"), "hours": read.hours}
    await except_station_days(unit_id=unit_id, new=fitting(NewStationException, given, wrong=WRONG), by=by)


async def _back(unit_id: UUID, form: Typed, _: Read, by: Actor) -> None:
    given = {"first": form.get("first"), "last": form.get("last"), "hours": []}
    days = fitting(NewStationException, given, wrong=WRONG)
    await resume_station_week(unit_id=unit_id, first=days.first, last=days.last, by=by)


_READS = {"hours": read_week, "days": read_day, "back": lambda _: Read([], {})}
_TAKES = {"hours": _week, "days": _days, "back": _back}

HANDLERS = (set_hours, set_days, take_days_back)
