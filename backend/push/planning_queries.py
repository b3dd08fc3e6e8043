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
from backend.push.policies import APP
from backend.push.states import DIRECT_QUEUE, EMERGENCY_QUEUE

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


_APP = ", ".join(f"'{kind}'" for kind in APP)
USABLE = f"a.dead_at IS NULL AND (a.kind NOT IN ({_APP}) OR a.last_confirmed_at >= {{fresh}})"
"""An address `a` that may be used: alive, and an app's token confirmed of late."""

CONSENTED = """(a.consent IS NULL OR NOT EXISTS (
    SELECT FROM people_consent g JOIN people_consent l ON l.household = g.household AND l.purpose = g.purpose
    WHERE g.id = a.consent AND NOT l.given AND l.at >= g.at))"""
"""That the household of an address `a` has not withdrawn the consent it was registered with."""


def uuid7(at: str, *, by: str) -> str:
    """SQL of a version 7 UUID (before 18 PostgreSQL has none): the milliseconds of a moment, the number of the row in
    the order of `by` (the counter of RFC 9562, 6.2), 48 random bits.

    In that order an index grows at its end, which halves what an INSERT … SELECT of a county takes.
    """
    row = f"row_number() OVER (ORDER BY {by})"
    return f"""(lpad(to_hex((extract(epoch FROM {at}::timestamptz) * 1000)::bigint), 12, '0')
        || '7' || lpad(to_hex(({row} >> 12) & 4095), 3, '0') || '8' || lpad(to_hex({row} & 4095), 3, '0')
        || right(gen_random_uuid()::text, 12))::uuid"""


COUNTED = """
    INSERT INTO push_counter (id, notice, state, slot, n)
    SELECT gen_random_uuid(), q.notice, q.state, {slot}, count(*) FROM {queued} q
    GROUP BY q.notice, q.state ORDER BY q.notice, q.state
    ON CONFLICT (notice, state, slot) DO UPDATE SET n = push_counter.n + EXCLUDED.n
"""
"""Deliveries just written (`queued`: notice, state), added to the counters."""

QUEUE_OF = f"""CASE WHEN n.campaign_state IS NOT NULL THEN n.id
    WHEN n.category = 'emergency' THEN '{EMERGENCY_QUEUE}'::uuid ELSE '{DIRECT_QUEUE}'::uuid END"""

_NAMED = """
SELECT DISTINCT w.subject, CASE WHEN p.id IS NOT NULL THEN 'person' WHEN h.id IS NOT NULL THEN 'household'
       ELSE 'citizen' END AS subject_kind, COALESCE(h.division_code, home.code, own.division_code) AS division_code
FROM unnest($17::uuid[]) AS w(subject)
LEFT JOIN people_person p ON p.id = w.subject
LEFT JOIN people_household h ON h.id = w.subject
LEFT JOIN LATERAL (
    SELECT v.code FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    WHERE r.person = p.id AND r.valid_from <= $18 AND (r.valid_to IS NULL OR r.valid_to >= $18)
    ORDER BY length(v.prefix) DESC, v.code LIMIT 1
) home ON TRUE
LEFT JOIN LATERAL (
    SELECT c.division_code FROM push_address c WHERE c.subject = w.subject AND c.dead_at IS NULL
    AND p.id IS NULL AND h.id IS NULL LIMIT 1
) own ON TRUE
"""

_AUDIENCE = """
SELECT * FROM (
    SELECT DISTINCT ON (r.person) r.person AS subject, 'person' AS subject_kind, v.code AS division_code
    FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
    WHERE r.role = ANY($19::text[]) AND r.valid_from <= $18 AND (r.valid_to IS NULL OR r.valid_to >= $18)
    AND EXISTS (SELECT FROM unnest($17::text[]) AS x(prefix) WHERE starts_with(v.code, x.prefix))
    ORDER BY r.person
) staff
UNION ALL
SELECT * FROM (
    SELECT DISTINCT ON (c.subject) c.subject, c.subject_kind, c.division_code
    FROM unnest($17::text[]) AS x(prefix) JOIN push_address c
        ON c.division_code >= x.prefix AND c.division_code < x.prefix || ':'
    WHERE $20 AND c.dead_at IS NULL AND c.subject_kind <> 'person'
    AND (cardinality($21::text[]) = 0 OR c.interests && $21::varchar[])
    ORDER BY c.subject
) citizens
"""

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
    audience=_NAMED, named_only="AND f.subject = ANY($17::uuid[])", if_there="ON CONFLICT (notice, subject) DO NOTHING"
)
_PLAN_AUDIENCE = _PLAN.format(audience=_AUDIENCE, named_only="", if_there="")


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


async def groups_under(prefixes: Sequence[str]) -> Sequence[Row]:
    """The open groups of these places."""
    return await fetch(
        """
        SELECT DISTINCT g.id, g.name, g.owner, g.division_code, g.headcount
        FROM unnest($1::text[]) AS x(prefix) JOIN push_group g
            ON g.division_code >= x.prefix AND g.division_code < x.prefix || ':'
        WHERE g.closed_at IS NULL ORDER BY g.id
        """,
        list(prefixes),
    )


async def add_groups(notice: Row, group_ids: Sequence[UUID], at: datetime) -> int:
    """Groups as recipients: what becomes of them their owners' tasks tell."""
    rows = await fetch(
        f"""
        INSERT INTO push_recipient (id, notice, subject, subject_kind, division_code, reached, way, made_at)
        SELECT {uuid7("$3", by="g.id")}, $1, g.id, 'group', g.division_code, 'waiting', 0, $3
        FROM push_group g WHERE g.id = ANY($2) ON CONFLICT (notice, subject) DO NOTHING RETURNING id
        """,
        notice["id"],
        list(group_ids),
        at,
    )
    return len(rows)


async def add_topics(notice: Row, queue: UUID, provider: str, topics: Sequence[str], timing: Timing) -> None:
    """One delivery per topic, whoever subscribed to it."""
    await fetch(
        f"""
        WITH queued AS (
            INSERT INTO push_delivery (id, notice, topic, provider, queue, way, round, state, attempts, repeats,
                                       next_at, fate_unknown, made_at)
            SELECT {uuid7("$5", by="x.topic")}, $1, x.topic, $3, $4, 0, 0,
                   CASE WHEN $6 > $5 THEN 'scheduled' ELSE 'pending' END, 0, 0, $6, FALSE, $5
            FROM unnest($2::text[]) AS x(topic) RETURNING notice, state
        )
        {COUNTED.format(slot="0", queued="queued")}
        """,
        notice["id"],
        list(topics),
        provider,
        queue,
        timing.at,
        timing.first_at,
    )
