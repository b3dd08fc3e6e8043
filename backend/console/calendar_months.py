"""A year of the working calendar as people look at it: small months, runs of days, and what a new version changes."""

import calendar
from datetime import date
from typing import Any

from babel.dates import format_date
from msgspec import Struct

from backend.core import words
from backend.core.words import Term, say
from backend.deadlines.calendars import SATURDAY, DayKind
from backend.deadlines.publishing import get_calendar
from backend.deadlines.refusals import CalendarUnknown
from backend.deadlines.schemas import CalendarDayRecord, CalendarRecord, NewCalendarDay

MARKS = {"holiday": Term("off"), "make-up": Term("on")}


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


async def calendar_of(year: int, version: int | None = None) -> CalendarRecord | None:
    """A year by the newest version, or by an older one; None where no notice is known."""
    try:
        return await get_calendar(year=year, version=version)
    except CalendarUnknown:
        return None


def changes_of(before: CalendarRecord | None, days: list[NewCalendarDay]) -> list[Change]:
    """What the new days say otherwise than the version before them."""
    old = {day.date: day for day in before.days} if before else {}
    new = {day.date: day for day in records_of(days)}
    told = ((day, _said(day, old.get(day)), _said(day, new.get(day))) for day in sorted({*old, *new}))
    return [Change(*each) for each in told if each[1] != each[2]]


def records_of(days: list[NewCalendarDay]) -> list[CalendarDayRecord]:
    """Days to be published, as the published ones look."""
    return [CalendarDayRecord(date=day.date, kind=day.kind, name=day.name) for day in days]


def months_of(year: int, days: list[CalendarDayRecord]) -> list[Month]:
    """The twelve of a year."""
    named = {day.date: day for day in days}
    return [_month(year, number, named) for number in range(1, 13)]


def _month(year: int, number: int, named: dict[date, CalendarDayRecord]) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(year, number)
    cells = [[_cell(day, named.get(day)) if day.month == number else None for day in week] for week in weeks]
    own = [day for when, day in sorted(named.items()) if when.month == number and when.year == year]
    name = format_date(date(year, number, 1), "LLLL", locale=words.language.get())
    return Month(name, cells, spans(own))


def _cell(day: date, named: CalendarDayRecord | None) -> Cell:
    tone = "rest" if day.weekday() >= SATURDAY else "work"
    if named is not None:
        tone = _tone(named)
    return Cell(day, say(MARKS[tone]) if tone in MARKS else "", tone, _said(day, named))


def _tone(named: CalendarDayRecord) -> str:
    return "holiday" if named.kind == DayKind.HOLIDAY else "make-up"


def _said(day: date, named: CalendarDayRecord | None) -> str:
    if named is None:
        return say("weekend") if day.weekday() >= SATURDAY else say("working day")
    if named.kind == DayKind.HOLIDAY:
        return say("{name}, off", name=named.name)
    return say("make-up day for {name}, on", name=named.name)


def spans(days: list[Any]) -> list[str]:
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


def day_names() -> list[str]:
    """Monday to Sunday, a letter each."""
    return [format_date(date(2026, 3, 2 + n), "EEEEE", locale=words.language.get()) for n in range(7)]
