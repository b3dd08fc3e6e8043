"""The SQL that turns a notice into recipients and deliveries: one statement, for one person or for a county.

Raw, because 125,000 recipients with their deliveries are written by `INSERT … SELECT` and never pass through here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import local
from backend.core.database import fetch, fetch_row
from backend.push.delivery_sql import CONSENTED, COUNTED, USABLE, uuid7
from backend.push.planning_subjects import AUDIENCE, NAMED

Row = Mapping[str, Any]


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """Kinds of addresses that somebody serves, as columns: the number of each kind's way, who serves it, how long the
    way has, and whether a topic carries it this time.
    """

    kinds: list[str]
    numbers: list[int]
    providers: list[str]
    within: list[timedelta]
    topical: list[bool]


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """When it may go out: now (`at`), the first moment allowed and its day, and from when a token counts as fresh."""

    at: datetime
    first_at: datetime
    first_day: date | None
    morning: time
    daily_cap: int
    fresh_since: datetime


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What one statement wrote. `providers` are those that have something to send."""

    recipients: int
    unreachable: int
    deliveries: int
    providers: list[str]


_PLAN = f"""
WITH audience AS MATERIALIZED ({{audience}}),
way_of AS (
    SELECT * FROM unnest($3::text[], $4::smallint[], $5::text[], $6::interval[], $7::bool[])
        AS w(kind, way, provider, within, topical)
),
full_days AS MATERIALIZED (
    SELECT f.subject, f.day FROM push_recipient f WHERE f.day >= $12::date {{named_only}}
    GROUP BY f.subject, f.day HAVING count(*) >= $13
),
timed AS (
    SELECT a.*, CASE WHEN f.subject IS NULL THEN $12::date ELSE (
        SELECT $12::date + later.n FROM generate_series(1, 30) AS later(n) WHERE NOT EXISTS (
            SELECT FROM full_days g WHERE g.subject = a.subject AND g.day = $12::date + later.n)
        ORDER BY later.n LIMIT 1) END AS day
    FROM audience a LEFT JOIN full_days f ON f.subject = a.subject AND f.day = $12::date
),
due AS MATERIALIZED (
    SELECT t.*, CASE WHEN t.day = $12::date OR $12::date IS NULL THEN $11::timestamptz
        ELSE (t.day + $15::time) AT TIME ZONE 'Asia/Shanghai' END AS due_at
    FROM timed t
),
addressed AS MATERIALIZED (
    SELECT d.subject, a.id AS address, w.way, w.provider, w.within, w.topical, $9::text = ANY(a.muted) AS muted,
           min(w.way) FILTER (WHERE NOT $9::text = ANY(a.muted)) OVER (PARTITION BY d.subject) AS first_way
    FROM due d JOIN push_address a ON a.subject = d.subject AND {USABLE.format(fresh="$8")} AND {CONSENTED}
    JOIN way_of w ON w.kind = a.kind
),
reachable AS (
    SELECT subject, min(first_way) AS way, max(within) FILTER (WHERE way = first_way) AS within
    FROM addressed GROUP BY subject
),
made AS (
    INSERT INTO push_recipient (id, notice, subject, subject_kind, division_code, reached, way, day, look_at, made_at)
    SELECT {uuid7("$2", by="d.subject")}, $1, d.subject, d.subject_kind, d.division_code,
           CASE WHEN r.subject IS NULL THEN 'unreachable' ELSE 'waiting' END, COALESCE(r.way, 0), d.day,
           CASE WHEN $16 AND d.subject_kind <> 'person' THEN NULL ELSE d.due_at + r.within END, $2
    FROM due d LEFT JOIN reachable r ON r.subject = d.subject
    ORDER BY d.subject
    {{if_there}}
    RETURNING id, subject, reached
),
queued AS (
    INSERT INTO push_delivery (id, notice, recipient, address, provider, queue, way, round, state, attempts, repeats,
                               next_at, fate_unknown, made_at, ended_at)
    SELECT {uuid7("$2", by="m.id")}, $1, m.id, a.address, a.provider, $10, a.way, 0, s.state, 0, 0, d.due_at, FALSE, $2,
           CASE WHEN s.state IN ('muted', 'expired') THEN $2 END
    FROM addressed a JOIN made m ON m.subject = a.subject JOIN due d ON d.subject = a.subject
    CROSS JOIN LATERAL (SELECT CASE WHEN a.muted THEN 'muted' WHEN d.due_at >= $14 THEN 'expired'
        WHEN d.due_at > $2 THEN 'scheduled' ELSE 'pending' END AS state) s
    WHERE NOT a.topical AND CASE WHEN a.muted THEN a.way <= COALESCE(a.first_way, a.way) ELSE a.way = a.first_way END
    RETURNING notice, state, provider
),
counted AS ({COUNTED.format(slot="0", queued="queued")})
SELECT (SELECT count(*) FROM made) AS recipients,
       (SELECT count(*) FROM made WHERE reached = 'unreachable') AS unreachable,
       (SELECT count(*) FROM queued) AS deliveries,
       ARRAY(SELECT DISTINCT provider FROM queued WHERE state IN ('pending', 'scheduled')) AS providers
"""

_PLAN_NAMED = _PLAN.format(
    audience=NAMED, named_only="AND f.subject = ANY($17::uuid[])", if_there="ON CONFLICT (notice, subject) DO NOTHING"
)
_PLAN_AUDIENCE = _PLAN.format(audience=AUDIENCE, named_only="", if_there="")


async def plan_named(notice: Row, queue: UUID, ways: Ways, timing: Timing, *, subjects: Sequence[UUID]) -> Planned:
    """Recipients and deliveries for subjects named one by one; those who are recipients already stay as they are."""
    values = _values(notice, queue, ways, timing)
    return _planned(await fetch_row(_PLAN_NAMED, *values, list(subjects), _day(timing)))


async def plan_audience(
    notice: Row,
    queue: UUID,
    ways: Ways,
    timing: Timing,
    *,
    prefixes: Sequence[str],
    roles: Sequence[str],
    citizens: bool,
    interests: Sequence[str],
) -> Planned:
    """The same for everybody who holds a role under the prefixes, and for citizens there who asked to hear."""
    values = _values(notice, queue, ways, timing)
    asked = (list(prefixes), _day(timing), list(roles), citizens, list(interests))
    await fetch("SET LOCAL work_mem = '64MB'")  # half a million rows are sorted in memory, once in a while
    return _planned(await fetch_row(_PLAN_AUDIENCE, *values, *asked))


def _values(notice: Row, queue: UUID, ways: Ways, timing: Timing) -> tuple[Any, ...]:
    return (
        notice["id"],
        timing.at,
        ways.kinds,
        ways.numbers,
        ways.providers,
        ways.within,
        ways.topical,
        timing.fresh_since,
        notice["category"],
        queue,
        timing.first_at,
        timing.first_day,
        timing.daily_cap,
        notice["expires_at"],
        timing.morning,
        notice["category"] == "emergency",
    )


def _day(timing: Timing) -> date:
    return local(timing.at).date()


def _planned(row: Row | None) -> Planned:
    assert row is not None  # noqa: S101 - a SELECT of counts always has a row
    return Planned(**dict(row))
