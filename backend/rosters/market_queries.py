"""Reads and writes of market days: a market's days in one statement, the next ones, pages."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from backend.core import clock
from backend.core.database import fetch
from backend.people.station_schemas import StationRecord
from backend.rosters.station_places import around
from backend.territory.rules import prefix_of

COUNTY_DIGITS = 6
RECKONED_AWAY = "(m.state = 'called_off' AND m.changed_by IS NULL)"
"""A day that a rule named once and no longer does, and that nobody spoke about. Kept, so that its changes go on to
count: a phone takes the higher number."""

DAY = """
SELECT m.id, m.market AS market_id, u.name AS market_name, m.division_code, m."on", m.rule AS rule_id, m.state, m.note,
       m.sequence, m.changed_at
FROM rosters_market_day m JOIN people_unit u ON u.id = m.market AND u.closed_at IS NULL
"""


async def next_markets(stations: Sequence[StationRecord]) -> dict[UUID, date]:
    """The next market at each station, else in its township; today's counts. One statement."""
    rows = await fetch(
        'SELECT m.market, m.division_code, min(m."on") AS "on" FROM rosters_market_day m '
        "JOIN people_unit u ON u.id = m.market AND u.closed_at IS NULL "
        "WHERE m.\"on\" >= $1 AND m.state <> 'called_off' GROUP BY m.market, m.division_code",
        clock.today(),
    )
    own = {row["market"]: row["on"] for row in rows}
    found = {station.id: own.get(station.id) or _nearby(station, rows) for station in stations}
    return {unit_id: on for unit_id, on in found.items() if on is not None}


def _nearby(station: StationRecord, rows: Sequence[asyncpg.Record]) -> date | None:
    place = around(prefix_of(station.division_code))
    if len(place) <= COUNTY_DIGITS:  # somewhere in a county there is a market every day
        return None
    return min((row["on"] for row in rows if row["division_code"].startswith(place)), default=None)


async def places_with_markets() -> list[str]:
    """Codes of the divisions in which a market is to be held from today on, in their order."""
    rows = await fetch(
        "SELECT DISTINCT m.division_code AS code FROM rosters_market_day m "
        "JOIN people_unit u ON u.id = m.market AND u.closed_at IS NULL "
        "WHERE m.\"on\" >= $1 AND m.state <> 'called_off' ORDER BY 1",
        clock.today(),
    )
    return [row["code"] for row in rows]


async def lock_market(market_id: UUID) -> None:
    """One change of a market's days at a time, until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('market' || $1::uuid::text, 0))", market_id)


async def write_reckoned(market_id: UUID, days: dict[date, UUID], first: date, last: date) -> None:
    """Bring the computed days of a span to what the rules say; what a person confirmed or called off stays."""
    await fetch(_WRITE, market_id, list(days), list(days.values()), clock.now())
    await fetch(_TAKE_BACK, market_id, list(days), first, last, clock.now())


_WRITE = """
INSERT INTO rosters_market_day AS m (id, market, division_code, "on", rule, state, sequence, changed_at)
SELECT gen_random_uuid(), u.id, v.code, d."on", d.rule, 'computed', 0, $4
FROM unnest($2::date[], $3::uuid[]) AS d("on", rule), people_unit u JOIN territory_division v ON v.id = u.division
WHERE u.id = $1
ON CONFLICT (market, "on") DO UPDATE SET rule = excluded.rule, state = 'computed', changed_at = excluded.changed_at,
    sequence = m.sequence + (m.state <> 'computed')::int
WHERE m.changed_by IS NULL AND (m.state <> 'computed' OR m.rule IS DISTINCT FROM excluded.rule)
"""
_TAKE_BACK = """
UPDATE rosters_market_day SET state = 'called_off', sequence = sequence + 1, changed_at = $5
WHERE market = $1 AND "on" BETWEEN $3 AND $4 AND NOT "on" = ANY($2::date[]) AND state = 'computed'
AND changed_by IS NULL
"""


async def held_days(market_id: UUID, first: date, last: date) -> list[date]:
    """The days of a span on which a market is held, as far as anybody knows."""
    rows = await fetch(
        'SELECT "on" FROM rosters_market_day WHERE market = $1 AND "on" BETWEEN $2 AND $3 '
        "AND state <> 'called_off' ORDER BY \"on\"",
        market_id,
        first,
        last,
    )
    return [row["on"] for row in rows]


async def write_told(market_id: UUID, division_code: str, told: Sequence[tuple[date, str, str | None]],
                     by: UUID) -> set[date]:  # fmt: skip
    """What a person says about days: confirmed or called_off, and a note. Which days are other than before."""
    rows = await fetch(
        """
        INSERT INTO rosters_market_day AS m
            (id, market, division_code, "on", state, note, sequence, changed_at, changed_by)
        SELECT gen_random_uuid(), $1, $2, d."on", d.state, d.note, 0, $6, $7
        FROM unnest($3::date[], $4::text[], $5::text[]) AS d("on", state, note)
        ON CONFLICT (market, "on") DO UPDATE SET state = excluded.state, note = excluded.note,
            sequence = m.sequence + 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by
        WHERE (m.state, m.note, m.changed_by IS NULL) IS DISTINCT FROM (excluded.state, excluded.note, FALSE)
        RETURNING m."on"
        """,
        market_id,
        division_code,
        [on for on, _, _ in told],
        [state for _, state, _ in told],
        [note for _, _, note in told],
        clock.now(),
        by,
    )
    return {row["on"] for row in rows}
