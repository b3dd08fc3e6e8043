"""Other hours for a few days: a holiday, a flood, a long market. Afterwards the week goes on as it was set."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.core.refusals import FieldError, Invalid
from backend.people.actors import Actor
from backend.rosters import queries
from backend.rosters.station_hours import list_station_hours
from backend.rosters.station_hours_rules import minute, mistakes
from backend.rosters.station_hours_schemas import ClosesAt, OpensAt, StationHoursRecord
from backend.rosters.station_places import led_station
from backend.rosters.station_tables import StationHours

MOST_DAYS = 366
WEEK = range(1, 8)
A_WEEK = 7


class OpenHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when to when, on each of the days."""

    opens: OpensAt
    closes: ClosesAt


class NewStationException(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of each day from the first to the last; none at all: it is closed."""

    first: date
    last: date
    hours: Annotated[list[OpenHours], Meta(max_length=8)]


@transaction
async def except_station_days(*, unit_id: UUID, new: NewStationException, by: Actor) -> list[StationHoursRecord]:
    """Set other hours for some days, today or later, market days among them. The same again changes nothing.

    Whoever sets a new week from a day among them or before sets them aside with it.

    Raises Invalid (400), NotYourStation (403), UnitUnknown (404), NoStation (409).
    """
    place = await led_station(unit_id, by=by)
    spans = [(minute(each.opens), minute(each.closes)) for each in new.hours]
    if errors := [*_wrong_days(new), *mistakes([(1, *span) for span in spans])]:
        raise Invalid("The hours have mistakes.", errors=errors)
    await queries.lock_roster(place.id, "hours")
    if not await _stand(place.id, new, spans):
        await _make_room(place.id, new.first, new.last)
        await _write(place.id, new, spans, by)
    return await list_station_hours(unit_id=unit_id, by=by)


@transaction
async def resume_station_week(*, unit_id: UUID, first: date, last: date, by: Actor) -> list[StationHoursRecord]:
    """Take other hours of some days back: the week holds again from the first of them, or from today on.

    The week is what holds on the day before, where that lasts seven days; else what holds on the day after. Twice is
    once.

    Raises Invalid (400), NotYourStation (403), UnitUnknown (404), NoStation (409).
    """
    place = await led_station(unit_id, by=by)
    begins = max(first, clock.today())
    if errors := _wrong_days(NewStationException(first=begins, last=last, hours=[])):
        raise Invalid("The hours have mistakes.", errors=errors)
    await queries.lock_roster(place.id, "hours")
    goes_on = await _lasts(place.id, begins - timedelta(days=1))
    await _make_room(place.id, begins, last)
    if goes_on >= A_WEEK or not await _lasts(place.id, last + timedelta(days=1)):
        await _stretch(place.id, begins, last, column="valid_to")
    else:
        await _stretch(place.id, begins, last, column="valid_from")
    await _join(place.id, begins)
    await _join(place.id, last + timedelta(days=1))
    return await list_station_hours(unit_id=unit_id, by=by)


async def _lasts(unit_id: UUID, on: date) -> int:
    """How many days the hours of that day hold; 0 where it is closed."""
    (row,) = await fetch(
        "SELECT max(coalesce(valid_to, valid_from + $3::int) - valid_from + 1) AS days FROM rosters_station_hours "
        "WHERE unit = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)",
        *(unit_id, on, MOST_DAYS),
    )
    return row["days"] or 0


async def _stretch(unit_id: UUID, first: date, last: date, *, column: str) -> None:
    """What ended before the first day goes on to the last; or what began after the last begins with the first."""
    at, to = (first - timedelta(days=1), last) if column == "valid_to" else (last + timedelta(days=1), first)
    await fetch(f"UPDATE rosters_station_hours SET {column} = $3 WHERE unit = $1 AND {column} = $2", unit_id, at, to)


async def _join(unit_id: UUID, on: date) -> None:
    """The same hours to the day before and from this day on are one week."""
    before, after = [
        await fetch(
            "SELECT weekday, opens_minute, closes_minute, valid_to FROM rosters_station_hours "
            f"WHERE unit = $1 AND {condition} ORDER BY 1, 2",
            *(unit_id, on),
        )
        for condition in ("valid_to = $2::date - 1", "valid_from = $2")
    ]
    if not after or [tuple(row)[:3] for row in before] != [tuple(row)[:3] for row in after]:
        return
    await fetch("DELETE FROM rosters_station_hours WHERE unit = $1 AND valid_from = $2", unit_id, on)
    await fetch(
        "UPDATE rosters_station_hours SET valid_to = $3 WHERE unit = $1 AND valid_to = $2::date - 1",
        *(unit_id, on, after[0]["valid_to"]),
    )


def _wrong_days(new: NewStationException) -> list[FieldError]:
    if new.first < clock.today():
        return [FieldError(pointer="/first", detail="Hours are set from today on.")]
    if not new.first <= new.last < new.first + timedelta(days=MOST_DAYS):
        return [FieldError(pointer="/last", detail="The last day is the first one or later, within a year of it.")]
    return []


async def _stand(unit_id: UUID, new: NewStationException, spans: list[tuple[int, int]]) -> bool:
    rows = await fetch(
        "SELECT weekday, opens_minute, closes_minute, valid_from = $2 AND valid_to = $3 AS same "
        "FROM rosters_station_hours WHERE unit = $1 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $2)",
        *(unit_id, new.first, new.last),
    )
    stored = sorted((row["weekday"], row["opens_minute"], row["closes_minute"]) for row in rows)
    return all(row["same"] for row in rows) and stored == sorted((day, *span) for day in WEEK for span in spans)


async def _make_room(unit_id: UUID, first: date, last: date) -> None:
    """What holds beyond the last day goes on from the day after, what held before ends on the day before."""
    await fetch(
        "INSERT INTO rosters_station_hours (id, unit, weekday, opens_minute, closes_minute, valid_from, valid_to, "
        "set_by, set_at) SELECT gen_random_uuid(), unit, weekday, opens_minute, closes_minute, $2::date + 1, valid_to, "
        "set_by, set_at FROM rosters_station_hours WHERE unit = $1 AND valid_from <= $2 "
        "AND (valid_to IS NULL OR valid_to > $2)",
        *(unit_id, last),
    )
    await fetch(
        "DELETE FROM rosters_station_hours WHERE unit = $1 AND valid_from BETWEEN $2 AND $3", *(unit_id, first, last)
    )
    await fetch(
        "UPDATE rosters_station_hours SET valid_to = $2::date - 1 WHERE unit = $1 AND valid_from < $2 "
        "AND (valid_to IS NULL OR valid_to >= $2)",
        *(unit_id, first),
    )


async def _write(unit_id: UUID, new: NewStationException, spans: list[tuple[int, int]], by: Actor) -> None:
    fresh = [
        StationHours(
            id=ids.uuid7(), unit=unit_id, weekday=day, opens_minute=opens, closes_minute=closes, valid_from=new.first,
            valid_to=new.last, set_by=by.person_id, set_at=clock.now(),
        )
        for day in WEEK
        for opens, closes in spans
    ]  # fmt: skip
    if fresh:
        await StationHours.insert(*fresh)
