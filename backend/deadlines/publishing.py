"""Publishing the working calendar of a year, when the State Council's notice has come."""

from datetime import date
from uuid import UUID

from backend.core.clock import now
from backend.core.creates import Outcome, digest, same
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.core.refusals import DifferentArguments, FieldError
from backend.core.words import language
from backend.deadlines import alarm
from backend.deadlines import calendar_queries as queries
from backend.deadlines.calendar_queries import NewDay, NewVersion, NewYear
from backend.deadlines.calendars import SATURDAY, DayKind
from backend.deadlines.refusals import CalendarUnknown, CalendarWrong
from backend.deadlines.schemas import (
    CalendarDayRecord,
    CalendarRecord,
    CalendarVersionRecord,
    CalendarYearRecord,
    NewCalendar,
    NewCalendarDay,
)
from backend.people.actors import Actor
from backend.people.tables import Role

PROPOSE = "deadlines/propose-recalculations"
ALWAYS_FREE = ((1, 1), (5, 1), (10, 1))
"""Days that no notice can leave out; a list without them lost something."""


@transaction
async def publish_calendar(*, id: UUID, new: NewCalendar, by: Actor) -> Outcome[CalendarRecord]:
    """Publish a year as the next version. Open clocks keep what they have; a job proposes what would move.

    Raises Forbidden (403), CalendarWrong (400), DifferentArguments (409).
    """
    by.must_have(Role.ADMIN)
    check_calendar(new)
    await queries.lock()
    asked = [new.year, new.source, new.provisional, sorted(new.days, key=lambda day: day.date)]
    stored = await queries.published(id)
    if stored is None:
        version = await queries.next_version()
        await queries.insert(_version(id, new, version=version, by=by, arguments_digest=digest(asked)))
        if not new.provisional:
            await alarm.calendar_came(year=new.year)
        await enqueue(PROPOSE, version, dedupe=f"{PROPOSE} {version}")
        return Outcome(await get_calendar(year=new.year, version=version), created=True)
    if not same(stored["arguments_digest"], asked):
        raise DifferentArguments("Calendar {id} was published with other days; publish these under a new id.", id=id)
    return Outcome(await get_calendar(year=new.year, version=stored["version"]), created=False)


async def get_calendar(*, year: int, version: int | None = None) -> CalendarRecord:
    """A year as a version has it (the newest). Raises CalendarUnknown (404)."""
    version = version or await queries.current_version()
    spoken = next((row for row in await queries.years(version) if row["year"] == year), None)
    if spoken is None:
        raise CalendarUnknown("Version {version} says nothing of {year}.", version=version, year=year)
    days = [
        CalendarDayRecord(
            date=row["day"], kind=DayKind(row["kind"]), name=row[f"name_{language.get()}"] or row["name_zh"]
        )
        for row in await queries.days(version, year=year)
    ]
    return CalendarRecord(
        year=year, version=version, provisional=spoken["provisional"], source=spoken["source"], days=days
    )


async def list_calendars() -> list[CalendarVersionRecord]:
    """All versions, the newest first, each with the years that it speaks of itself."""
    told: dict[int, list[CalendarYearRecord]] = {}
    for row in await queries.years_told():
        year = CalendarYearRecord(year=row["year"], provisional=row["provisional"], source=row["source"])
        told.setdefault(row["version"], []).append(year)
    return [CalendarVersionRecord(**row, years=told.get(row["version"], [])) for row in await queries.versions()]


def _version(id: UUID, new: NewCalendar, *, version: int, by: Actor, arguments_digest: bytes) -> NewVersion:
    return NewVersion(
        version=version,
        id=id,
        source=new.source,
        published_at=now(),
        published_by=by.person_id,
        arguments_digest=arguments_digest,
        years=[NewYear(new.year, new.provisional, new.source)],
        days=[NewDay(new.year, day.date, day.kind, day.name, day.name_en or day.name) for day in new.days],
    )


def check_calendar(new: NewCalendar) -> None:
    """Whether a list of days can be a notice. Raises CalendarWrong (400), naming each day that cannot be so."""
    wrong = [error for place, day in enumerate(new.days) for error in _wrong(new, place, day)]
    free = {day.date for day in new.days if day.kind is DayKind.HOLIDAY}
    wrong += [
        FieldError(pointer="/days", detail="{day} is always a public holiday, and it is missing.", facts={"day": day})
        for day in (date(new.year, *always) for always in ALWAYS_FREE)
        if day not in free
    ]
    if wrong:
        raise CalendarWrong("Look at the notice again; nothing was published.", errors=wrong)


def _wrong(new: NewCalendar, place: int, day: NewCalendarDay) -> list[FieldError]:
    """What is wrong with one day. A notice may begin in the December before (31 December 2022)."""
    wrong = []
    if not date(new.year - 1, 12, 1) <= day.date <= date(new.year, 12, 31):
        wrong.append("{day} does not belong to the notice of {year}.")
    if any(other.date == day.date for other in new.days[:place]):
        wrong.append("{day} is in the list twice.")
    if day.kind is DayKind.WORKDAY and day.date.weekday() < SATURDAY:
        wrong.append("{day} is no Saturday or Sunday: people work on it anyway.")
    facts = {"day": day.date, "year": new.year}
    return [FieldError(pointer=f"/days/{place}/date", detail=detail, facts=facts) for detail in wrong]
