"""When stations are open: a week from a day on, and the list of stations with their day."""

from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.core.refusals import FieldError, Invalid
from backend.people import stations
from backend.people.actors import Actor
from backend.people.station_schemas import StationRecord
from backend.rosters import queries
from backend.rosters.market_queries import next_markets
from backend.rosters.station_hours_rules import clock_text, hours_of, is_open, minute, mistakes
from backend.rosters.station_hours_schemas import (
    NewStationHours,
    OpenSpan,
    StationHoursRecord,
    StationOpening,
    StationOverview,
)
from backend.rosters.station_places import led_station, near_station
from backend.rosters.station_tables import StationHours
from backend.rosters.units import IN_FORCE

Row = tuple[int, int, int]


@transaction
async def set_station_hours(*, unit_id: UUID, new: NewStationHours, by: Actor) -> StationHoursRecord:
    """Set a station's week from a day on. The same again changes nothing; no hours at all close it.

    Raises Invalid (400), NotYourStation (403), UnitUnknown (404), NoStation (409).
    """
    place = await led_station(unit_id, by=by)
    rows = [(each.weekday, minute(each.opens), minute(each.closes)) for each in new.hours]
    if errors := mistakes(rows):
        raise Invalid("The hours have mistakes.", errors=errors)
    await queries.lock_roster(place.id, "hours")
    if not await _stand(place.id, rows, new.valid_from):
        await _replace(place.id, rows, new.valid_from, by)
    return _record(place.id, new.valid_from, None, rows)


async def _stand(unit_id: UUID, rows: list[Row], valid_from: date) -> bool:
    """Whether just these hours hold from that day on for good."""
    found = await fetch(
        "SELECT weekday, opens_minute, closes_minute, valid_from <= $2 AND valid_to IS NULL AS same "
        "FROM rosters_station_hours WHERE unit = $1 AND (valid_to IS NULL OR valid_to >= $2)",
        unit_id,
        valid_from,
    )
    return all(row["same"] for row in found) and sorted(_row(row) for row in found) == sorted(rows)


async def _replace(unit_id: UUID, rows: list[Row], valid_from: date, by: Actor) -> None:
    if valid_from < clock.today():
        wrong = FieldError(pointer="/valid_from", detail="Hours are set from today on.")
        raise Invalid("The hours have mistakes.", errors=[wrong])
    await fetch("DELETE FROM rosters_station_hours WHERE unit = $1 AND valid_from >= $2", unit_id, valid_from)
    await fetch(
        "UPDATE rosters_station_hours SET valid_to = $2 WHERE unit = $1 AND (valid_to IS NULL OR valid_to > $2)",
        unit_id,
        valid_from - timedelta(days=1),
    )
    fresh = [
        StationHours(
            id=ids.uuid7(), unit=unit_id, weekday=weekday, opens_minute=opens, closes_minute=closes,
            valid_from=valid_from, set_by=by.person_id, set_at=clock.now(),
        )
        for weekday, opens, closes in rows
    ]  # fmt: skip
    if fresh:
        await StationHours.insert(*fresh)


async def list_station_hours(*, unit_id: UUID, by: Actor) -> list[StationHoursRecord]:
    """The weeks of a station that have not ended, the present one first. Raises UnitUnknown (404), NoStation (409)."""
    place = await near_station(unit_id, by=by)
    rows = await fetch(
        "SELECT weekday, opens_minute, closes_minute, valid_from, valid_to FROM rosters_station_hours "
        "WHERE unit = $1 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY valid_from, valid_to",
        place.id,
        clock.today(),
    )
    weeks = groupby(rows, lambda row: (row["valid_from"], row["valid_to"]))
    return [_record(place.id, begins, ends, [_row(row) for row in week]) for (begins, ends), week in weeks]


def _row(row: asyncpg.Record) -> Row:
    return (row["weekday"], row["opens_minute"], row["closes_minute"])


def _record(unit_id: UUID, valid_from: date, valid_to: date | None, rows: list[Row]) -> StationHoursRecord:
    hours = [
        StationOpening(weekday=weekday, opens=clock_text(opens), closes=clock_text(closes))
        for weekday, opens, closes in sorted(rows)
    ]
    return StationHoursRecord(unit_id=unit_id, valid_from=valid_from, valid_to=valid_to, hours=hours)


async def list_stations(*, by: Actor) -> list[StationOverview]:
    """The stations of one's territory, each with its hours of today, whether it is open, and the next market.

    For administrators and supervisors. Raises Forbidden (403).
    """
    return await with_their_day(await stations.list_stations(by=by))


async def with_their_day(found: list[StationRecord]) -> list[StationOverview]:
    """Stations, each with its hours of today, whether it is open, and the next market."""
    hours = await _hours_today([station.id for station in found])
    markets = await next_markets(found)
    return [_overview(station, hours.get(station.id, []), markets.get(station.id)) for station in found]


async def _hours_today(unit_ids: list[UUID]) -> dict[UUID, list[Row]]:
    rows = await fetch(
        "SELECT h.unit, h.weekday, h.opens_minute, h.closes_minute FROM rosters_station_hours h "
        f"WHERE h.unit = ANY($1) AND {IN_FORCE.format(r='h', on='$2::date')}",
        unit_ids,
        clock.today(),
    )
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row["unit"], []).append(_row(row))
    return found


def _overview(station: StationRecord, rows: list[Row], next_market_on: date | None) -> StationOverview:
    now = clock.local(clock.now())
    spans = hours_of(rows, weekday=now.isoweekday(), market=next_market_on == now.date())
    return StationOverview(
        **msgspec.structs.asdict(station),
        hours_today=[OpenSpan(opens=clock_text(opens), closes=clock_text(closes)) for opens, closes in spans],
        open_now=is_open(spans, now.hour * 60 + now.minute),
        next_market_on=next_market_on,
    )
