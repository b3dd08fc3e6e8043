"""/console/deadlines/calendars/new: how a new notice becomes the next version of the working calendar."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console.calendar_lines import Read, read_notice, written
from backend.console.calendar_months import calendar_of, changes_of, day_names, months_of, records_of, spans
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.deadlines.publishing import check_calendar, publish_calendar
from backend.deadlines.schemas import NewCalendar
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

HERE = "/console/deadlines/calendars"
Year = Annotated[int, QueryParameter(ge=0, le=2100)]


class CalendarForm(Struct, kw_only=True):
    """The notice as it was typed; `id` was made with the page, so that a second tap is the same version."""

    id: UUID
    step: str = "look"
    year: str = ""
    source: str = ""
    lines: str = ""
    provisional: str = ""
    looked: str = ""

    @property
    def digest(self) -> str:
        """What was typed; `looked` is that of what the page showed, so that nothing unseen is published."""
        typed = [self.year, self.source, self.lines.split(), self.provisional]
        return hashlib.sha256(msgspec.json.encode(typed)).hexdigest()


class _Unreadable(Refusal):
    status, code, title = 400, "console/calendar-unreadable", "The notice cannot be read"


@get("/deadlines/calendars/new", include_in_schema=False)
async def show_form(by: SignedIn, year: Year = 0) -> Response[str]:
    """The form, filled with what is known of the year: the next one without a notice unless told."""
    by.must_have(Role.ADMIN)
    year = year or await _awaited()
    found = await calendar_of(year)
    lines = written(found.days) if found else ""
    return await _form(by, CalendarForm(id=uuid7(), year=str(year), lines=lines))


@post("/deadlines/calendars/new", include_in_schema=False, status_code=200)
async def publish(
    by: SignedIn, data: Annotated[CalendarForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """First a look at what changes, then published; what cannot be is said beside the form, which stays filled in."""
    by.must_have(Role.ADMIN)
    read: list[Read] = []
    try:
        year = _year(data.year)
        read = read_notice(data.lines, year=year)
        new = _new(data, year, read)
        check_calendar(new)
        if data.step == "publish" and data.looked == data.digest:
            await publish_calendar(id=data.id, new=new, by=by)
            return Redirect(f"{HERE}?year={year}&did=published", status_code=303)
        return await _form(by, data, read, new=new)
    except Refusal as refusal:
        return await _form(by, data, read, problem=told(refusal), status=refusal.status)


def _year(text: str) -> int:
    if not (text.isdecimal() and 2004 <= int(text) <= 2100):
        raise _Unreadable("Say of which year the notice is: four digits.")
    return int(text)


def _new(form: CalendarForm, year: int, read: list[Read]) -> NewCalendar:
    days = [day for line in read for day in line.days]
    if any(line.problem for line in read):
        raise _Unreadable("Put the lines marked ✕ right; nothing was published.")
    if not days:
        raise _Unreadable("There is no day in it. Paste the notice, or write one line a day.")
    if not form.source.strip():
        raise _Unreadable("Say where it comes from: the number of the notice.")
    return NewCalendar(year=year, source=form.source.strip()[:200], days=days, provisional=bool(form.provisional))


async def _form(
    by: Actor,
    form: CalendarForm,
    read: list[Read] | None = None,
    *,
    new: NewCalendar | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response[str]:
    before = await calendar_of(new.year) if new else None
    changes = changes_of(before, new.days) if new else []
    return page(
        "deadlines/publish_calendar.html",
        status=status,
        by=by,
        form=form,
        read=read or [],
        spans=spans,
        new=new,
        before=before,
        changes=changes,
        months=months_of(new.year, records_of(new.days)) if new else [],
        day_names=day_names(),
        today=clock.today(),
        problem=problem,
    )


async def _awaited() -> int:
    """The first year from this one on that has no notice yet."""
    year = clock.today().year
    while (found := await calendar_of(year)) and not found.provisional:
        year += 1
    return year
