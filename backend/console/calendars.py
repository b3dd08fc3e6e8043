"""/console/deadlines/calendars: the working calendar of a year, and how a new notice becomes the next version."""

import calendar
import hashlib
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from babel.dates import format_date
from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console.calendar_lines import Read, read_notice, written
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock, words
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.deadlines.calendars import SATURDAY, DayKind
from backend.deadlines.publishing import check_calendar, get_calendar, list_calendars, publish_calendar
from backend.deadlines.refusals import CalendarUnknown
from backend.deadlines.schemas import CalendarDayRecord, CalendarRecord, NewCalendar, NewCalendarDay
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

HERE = "/console/deadlines/calendars"
MARKS = {"holiday": Term("off"), "make-up": Term("on")}
Year = Annotated[int, QueryParameter(ge=0, le=2100)]
Did = Annotated[str, QueryParameter(max_length=20)]
Version = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


class Cell(Struct, frozen=True):
    """A day of a month: its number, the word under it, how it looks, and what it is in full."""

    day: date
    mark: str
    tone: str
    said: str


class Month(Struct, frozen=True):
    """A small month: weeks from Monday on, None for days of its neighbours; below it what is special."""

    name: str
    weeks: list[list[Cell | None]]
    notes: list[str]


class Change(Struct, frozen=True):
    """A day of which the new version says something else."""

    day: date
    before: str
    after: str


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


@get("/deadlines/calendars", include_in_schema=False)
async def show_calendar(by: SignedIn, year: Year = 0, version: Version = 0, did: Did = "") -> Response[str]:
    """A year as the newest version has it, or an older one; below it where each version comes from."""
    versions = await list_calendars()
    years = sorted({told.year for each in versions for told in each.years})
    shown = year or clock.today().year
    found = await _calendar(shown, version or None)
    return page(
        "deadlines/calendars.html",
        by=by,
        year=shown,
        years=[each for each in years if abs(each - shown) <= 4],
        found=found,
        months=_months(shown, found.days) if found else [],
        day_names=_day_names(),
        versions=[each for each in versions if version == 0 or each.version >= version],
        older=version and version < versions[0].version,
        today=clock.today(),
        publishes=by.has(Role.ADMIN),
        told=did == "published" and say("Published. Clocks that run keep their dates; what would move is proposed."),
    )


@get("/deadlines/calendars/new", include_in_schema=False)
async def show_form(by: SignedIn, year: Year = 0) -> Response[str]:
    """The form, filled with what is known of the year: the next one without a notice unless told."""
    by.must_have(Role.ADMIN)
    year = year or await _awaited()
    found = await _calendar(year)
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
    before = await _calendar(new.year) if new else None
    changes = _changes(before, new.days) if new else []
    return page(
        "deadlines/publish_calendar.html",
        status=status,
        by=by,
        form=form,
        read=read or [],
        spans=_spans,
        new=new,
        before=before,
        changes=changes,
        months=_months(new.year, _records(new.days)) if new else [],
        day_names=_day_names(),
        today=clock.today(),
        problem=problem,
    )


async def _calendar(year: int, version: int | None = None) -> CalendarRecord | None:
    try:
        return await get_calendar(year=year, version=version)
    except CalendarUnknown:
        return None


async def _awaited() -> int:
    """The first year from this one on that has no notice yet."""
    year = clock.today().year
    while (found := await _calendar(year)) and not found.provisional:
        year += 1
    return year


def _records(days: list[NewCalendarDay]) -> list[CalendarDayRecord]:
    return [CalendarDayRecord(date=day.date, kind=day.kind, name=day.name) for day in days]


def _changes(before: CalendarRecord | None, days: list[NewCalendarDay]) -> list[Change]:
    old = {day.date: day for day in before.days} if before else {}
    new = {day.date: day for day in _records(days)}
    told = ((day, _said(day, old.get(day)), _said(day, new.get(day))) for day in sorted({*old, *new}))
    return [Change(*each) for each in told if each[1] != each[2]]


def _said(day: date, named: CalendarDayRecord | None) -> str:
    if named is None:
        return say("weekend") if day.weekday() >= SATURDAY else say("working day")
    if named.kind == DayKind.HOLIDAY:
        return say("{name}, off", name=named.name)
    return say("make-up day for {name}, on", name=named.name)


def _months(year: int, days: list[CalendarDayRecord]) -> list[Month]:
    named = {day.date: day for day in days}
    return [_month(year, number, named) for number in range(1, 13)]


def _month(year: int, number: int, named: dict[date, CalendarDayRecord]) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(year, number)
    cells = [[_cell(day, named.get(day)) if day.month == number else None for day in week] for week in weeks]
    own = [day for when, day in sorted(named.items()) if when.month == number and when.year == year]
    name = format_date(date(year, number, 1), "LLLL", locale=words.language.get())
    return Month(name, cells, _spans(own))


def _cell(day: date, named: CalendarDayRecord | None) -> Cell:
    tone = "rest" if day.weekday() >= SATURDAY else "work"
    if named is not None:
        tone = _tone(named)
    return Cell(day, say(MARKS[tone]) if tone in MARKS else "", tone, _said(day, named))


def _tone(named: CalendarDayRecord) -> str:
    return "holiday" if named.kind == DayKind.HOLIDAY else "make-up"


def _spans(days: list[Any]) -> list[str]:
    """Days as one says them: 春节 休 15–23, one entry a run of days."""
    runs: list[list[Any]] = []
    for day in sorted(days, key=lambda each: each.date):
        last = runs[-1][-1] if runs else None
        if last and (day.date - last.date).days == 1 and (day.name, day.kind) == (last.name, last.kind):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [_run(run) for run in runs]


def _run(run: list[Any]) -> str:
    first, last = run[0].date, run[-1].date
    when = f"{first.month}/{first.day}" + (f"–{last.month}/{last.day}" if last != first else "")
    return f"{run[0].name} {say(MARKS[_tone(run[0])])} {when}"


def _day_names() -> list[str]:
    return [format_date(date(2026, 3, 2 + n), "EEEEE", locale=words.language.get()) for n in range(7)]


router = Router(path="/console", route_handlers=[show_calendar, show_form, publish])
