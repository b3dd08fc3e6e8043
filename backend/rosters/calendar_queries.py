"""Calendars as they lie in the database, and the rows that each kind shows."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from backend.core.database import fetch, fetch_row

FEED = """
SELECT f.id, f.kind, f.person, f.made_at, f.revoked_at, f.arguments_digest,
       d.code AS division_code, d.name AS division_name
FROM rosters_calendar_feed f LEFT JOIN territory_division d ON d.id = f.division
"""


async def feed(feed_id: UUID) -> asyncpg.Record | None:
    """One, whosever it is."""
    return await fetch_row(f"{FEED} WHERE f.id = $1", feed_id)


async def feeds_of(person_id: UUID) -> Sequence[asyncpg.Record]:
    """Somebody's that count, the newest first."""
    return await fetch(f"{FEED} WHERE f.person = $1 AND f.revoked_at IS NULL ORDER BY f.made_at DESC, f.id", person_id)


async def feed_behind(secret_index: bytes) -> asyncpg.Record | None:
    """The one with this secret, while it counts and its owner has an account. One indexed statement."""
    return await fetch_row(
        """
        SELECT f.id, f.kind, f.person, p.language, d.code AS division_code, d.name AS division_name
        FROM rosters_calendar_feed f JOIN people_person p ON p.id = f.person
        LEFT JOIN territory_division d ON d.id = f.division
        WHERE f.secret_index = $1 AND f.revoked_at IS NULL AND p.closed_at IS NULL
        """,
        secret_index,
    )


async def shifts_of(person_id: UUID, *, first: date, last: date) -> Sequence[asyncpg.Record]:
    """Somebody's own that begin on these days, those that fell away too. Nobody's name is read."""
    return await fetch(
        """
        SELECT s.id, s.post, s.starts_at, s.ends_at, s.state, u.name AS unit_name,
               coalesce(s.ended_at, s.confirmed_at, s.missed_at, b.published_at) AS changed_at
        FROM rosters_shift s JOIN people_unit u ON u.id = s.unit JOIN rosters_publication b ON b.id = s.publication
        WHERE s.person = $1 AND s.starts_at >= $2::date::timestamp AT TIME ZONE 'Asia/Shanghai'
              AND s.starts_at < ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
        ORDER BY s.starts_at, s.id
        """,
        person_id,
        first,
        last,
    )


async def market_days(prefix: str, *, first: date, last: date) -> Sequence[asyncpg.Record]:
    """Markets under a prefix of division codes, market by market in the order of days."""
    return await fetch(
        """
        SELECT m.id, m.market AS unit_id, u.name AS unit_name, m.on, m.state, m.note, m.sequence, m.changed_at,
               m.changed_by IS NOT NULL AS by_somebody
        FROM rosters_market_day m JOIN people_unit u ON u.id = m.market
        WHERE m.division_code >= $1 AND m.division_code < $1 || ':' AND m.on BETWEEN $2 AND $3
        ORDER BY u.name, m.market, m.on
        """,
        prefix,
        first,
        last,
    )


async def stall_days(prefix: str, *, first: date, last: date) -> Sequence[asyncpg.Record]:
    """Stalls and station days under a prefix, rule by rule in the order of days, with the rule's hours."""
    return await fetch(
        """
        SELECT s.id, s.rule, r.kind, s.place AS unit_id, u.name AS unit_name, s.on, s.state, s.note, s.sequence,
               s.changed_at, s.changed_by IS NOT NULL AS by_somebody, r.opens_minute, r.closes_minute
        FROM rosters_stall_day s JOIN rosters_stall_rule r ON r.id = s.rule JOIN people_unit u ON u.id = s.place
        WHERE s.division_code >= $1 AND s.division_code < $1 || ':' AND s.on BETWEEN $2 AND $3
        ORDER BY u.name, s.rule, s.on
        """,
        prefix,
        first,
        last,
    )


async def market_hours(unit_ids: Sequence[UUID], *, first: date, last: date) -> Sequence[asyncpg.Record]:
    """The hours of market days (weekday 0) that count on some of these days, each with its first and last day."""
    return await fetch(
        """
        SELECT unit AS unit_id, valid_from, valid_to, opens_minute, closes_minute FROM rosters_station_hours
        WHERE unit = ANY($1) AND weekday = 0 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $2)
        """,
        list(unit_ids),
        first,
        last,
    )


def window(today: date) -> tuple[date, date]:
    """From the first of the month before, so that a list of days begins alike for a month, to as far as rosters reach.

    >>> window(date(2026, 11, 22))
    (datetime.date(2026, 10, 1), datetime.date(2027, 12, 27))
    """
    before = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return before, today + timedelta(days=400)
