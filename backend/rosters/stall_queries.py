"""Reads and writes of stall rules and stall days."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from backend.core import clock
from backend.core.database import fetch, fetch_row

RULE = """
SELECT r.id, r.kind, r.place AS place_id, u.name AS place_name, pv.code AS place_code, v.code AS division_code,
       v.name AS division_name, r.opens_minute, r.closes_minute, r.day_of_month, r.announce_days_before, r.valid_from,
       r.valid_to, r.source, r.set_by, r.arguments_digest
FROM rosters_stall_rule r JOIN people_unit u ON u.id = r.place JOIN territory_division pv ON pv.id = u.division
JOIN territory_division v ON v.id = r.division
"""
DAY = """
SELECT s.id, s.rule AS rule_id, r.kind, s.place AS place_id, u.name AS place_name, s.division_code, s.month, s."on",
       r.opens_minute, r.closes_minute, s.state, s.note, s.sequence, s.announced_at, s.changed_at
FROM rosters_stall_day s JOIN rosters_stall_rule r ON r.id = s.rule
JOIN people_unit u ON u.id = s.place AND u.closed_at IS NULL
"""
RECKONED_AWAY = "(s.state = 'called_off' AND s.changed_by IS NULL AND s.notice_id IS NULL)"
"""A day that the rule no longer names, and that nobody was told of or spoke about."""


async def places_with_stalls() -> list[str]:
    """Codes of the divisions for which deputies go out from today on, in their order."""
    rows = await fetch(
        "SELECT DISTINCT division_code AS code FROM rosters_stall_day "
        "WHERE \"on\" >= $1 AND state <> 'called_off' ORDER BY 1",
        clock.today(),
    )
    return [row["code"] for row in rows]


async def rule(rule_id: UUID) -> asyncpg.Record | None:
    """One rule, with the place it stands at and the division it is for."""
    return await fetch_row(f"{RULE} WHERE r.id = $1", rule_id)


async def write_reckoned(rule_id: UUID, days: dict[date, date], markets: Sequence[date] | None, *, last: date) -> None:
    """Bring the days to come to what the rule says. What a person said stays, but no stall stands where no market is.

    days     the day of each month
    markets  the market's days of a stall at the market; None for a day at the station
    """
    today, now = clock.today(), clock.now()
    held = list(markets) if markets is not None else None
    await fetch(_WRITE, rule_id, list(days), list(days.values()), held, today, now)
    await fetch(_TAKE_BACK, rule_id, list(days), held, today, last, now)


_MOVABLE = (
    "(s.changed_by IS NULL OR s.state = 'confirmed' AND {held}::date[] IS NOT NULL AND NOT s.\"on\" = ANY({held}))"
)
_WRITE = f"""
INSERT INTO rosters_stall_day AS s (id, rule, place, division_code, month, "on", state, sequence, changed_at)
SELECT gen_random_uuid(), r.id, r.place, v.code, d.month, d."on", 'computed', 0, $6
FROM unnest($2::date[], $3::date[]) AS d(month, "on"), rosters_stall_rule r JOIN people_unit u ON u.id = r.place
JOIN territory_division v ON v.id = u.division
WHERE r.id = $1 AND d."on" >= $5
ON CONFLICT (rule, month) DO UPDATE SET "on" = excluded."on", state = 'computed', note = NULL, announced_at = NULL,
    sequence = s.sequence + 1, changed_at = excluded.changed_at, changed_by = NULL
WHERE s."on" >= $5 AND {_MOVABLE.format(held="$4")}
AND (s."on", s.state) IS DISTINCT FROM (excluded."on", 'computed')
"""
_TAKE_BACK = f"""
UPDATE rosters_stall_day s SET state = 'called_off', announced_at = NULL, sequence = s.sequence + 1, changed_at = $6,
    changed_by = NULL
WHERE s.rule = $1 AND NOT s.month = ANY($2::date[]) AND s."on" BETWEEN $4 AND $5 AND s.state <> 'called_off'
AND {_MOVABLE.format(held="$3")}
"""


async def say(stall_id: UUID, *, on: date, state: str, note: str | None, by: UUID) -> bool:
    """What a person says about a day; whether that is other than before. A new day or fate is announced anew."""
    row = await fetch_row(
        """
        UPDATE rosters_stall_day SET "on" = $2, state = $3, note = $4, sequence = sequence + 1, changed_at = $5,
            changed_by = $6, announced_at = CASE
                WHEN "on" = $2 AND (state = 'called_off') = ($3 = 'called_off') THEN announced_at END
        WHERE id = $1 AND ("on", state, note, changed_by IS NULL) IS DISTINCT FROM ($2, $3, $4, FALSE) RETURNING id
        """,
        stall_id,
        on,
        state,
        note,
        clock.now(),
        by,
    )
    return row is not None
