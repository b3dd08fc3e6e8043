"""The SQL of what happens when nothing happens: the next way, ringing again, the next person.

Each statement takes the recipients whose time has come, writes what goes out next, and sets when to look again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.push.delivery_sql import CONSENTED, COUNTED, QUEUE_OF, USABLE, uuid7
from backend.push.planning_queries import Timing, Ways
from backend.push.policies import Ring
from backend.push.provider import AddressKind, Category

Row = Mapping[str, Any]

AT_ONCE = 1_000
PAUSED_FOR = timedelta(minutes=5)

_NEXT_WAY = f"""
WITH due AS MATERIALIZED (
    SELECT r.id, r.subject, r.way, n.id AS notice, n.expires_at, {QUEUE_OF} AS queue,
        r.reached IN ('delivered', 'shown') OR r.acknowledged_at IS NOT NULL OR n.expires_at <= $1
            OR n.campaign_state = 'cancelled' AS over,
        n.campaign_state IN ('scheduled', 'paused') OR EXISTS (SELECT FROM push_delivery d
            WHERE d.recipient = r.id AND d.state IN ('scheduled', 'pending')) AS waits,
        CASE WHEN r.day IS NULL THEN $1::timestamptz ELSE $8::timestamptz END AS next_at
    FROM push_recipient r JOIN push_notice n ON n.id = r.notice
    WHERE r.look_at <= $1::timestamptz AND n.category = $2 ORDER BY r.look_at LIMIT {AT_ONCE}
    FOR UPDATE OF r SKIP LOCKED
),
way_of AS (
    SELECT * FROM unnest($3::text[], $4::smallint[], $5::text[], $6::interval[]) AS w(kind, way, provider, within)
),
addressed AS MATERIALIZED (
    SELECT d.id AS recipient, d.notice, d.queue, d.expires_at, d.next_at, a.id AS address, w.way, w.provider, w.within,
           min(w.way) OVER (PARTITION BY d.id) AS next_way
    FROM due d JOIN push_address a ON a.subject = d.subject AND {USABLE.format(fresh="$7")} AND {CONSENTED}
        AND NOT $2 = ANY(a.muted)
    JOIN way_of w ON w.kind = a.kind AND w.way > d.way
    WHERE NOT coalesce(d.over, FALSE) AND NOT coalesce(d.waits, FALSE)
),
looked AS (
    UPDATE push_recipient r SET
        way = COALESCE(s.next_way, r.way),
        look_at = CASE WHEN d.over THEN NULL WHEN d.waits THEN $1::timestamptz + $9::interval
            WHEN s.next_way IS NOT NULL THEN d.next_at + s.within END,
        reached = CASE WHEN NOT coalesce(d.over, FALSE) AND NOT coalesce(d.waits, FALSE) AND s.next_way IS NULL
            AND r.reached = 'waiting' AND NOT EXISTS (SELECT FROM push_delivery x
                WHERE x.recipient = r.id AND x.state = 'accepted') THEN 'unreachable' ELSE r.reached END
    FROM due d LEFT JOIN (SELECT recipient, max(next_way) AS next_way, max(within) FILTER (WHERE way = next_way)
                          AS within FROM addressed GROUP BY recipient) s ON s.recipient = d.id
    WHERE r.id = d.id
),
queued AS (
    INSERT INTO push_delivery (id, notice, recipient, address, provider, queue, way, round, state, attempts, repeats,
                               next_at, fate_unknown, made_at, ended_at)
    SELECT {uuid7("$1", by="a.address")}, a.notice, a.recipient, a.address, a.provider, a.queue, a.way, 0,
           CASE WHEN a.expires_at <= a.next_at THEN 'expired' WHEN a.next_at > $1 THEN 'scheduled' ELSE 'pending' END,
           0, 0, a.next_at, FALSE, $1, CASE WHEN a.expires_at <= a.next_at THEN $1 END
    FROM addressed a WHERE a.way = a.next_way
    RETURNING notice, state, provider, queue
),
counted AS ({COUNTED.format(slot="0", queued="queued")})
SELECT (SELECT count(*) FROM due) AS looked,
       ARRAY(SELECT DISTINCT queue || ' ' || provider FROM queued WHERE state = 'pending') AS turns
"""

_RING = f"""
WITH due AS MATERIALIZED (
    SELECT r.id, r.subject, r.way, r.acknowledged_at IS NOT NULL OR n.expires_at <= $1
        OR n.campaign_state = 'cancelled' AS over, n.id AS notice, {QUEUE_OF} AS queue
    FROM push_recipient r JOIN push_notice n ON n.id = r.notice
    WHERE r.look_at <= $1::timestamptz AND n.category = 'emergency' ORDER BY r.look_at LIMIT {AT_ONCE}
    FOR UPDATE OF r SKIP LOCKED
),
ring_of AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::interval[], $5::int[]) AS w(kind, provider, every, times)
),
addressed AS MATERIALIZED (
    SELECT d.id AS recipient, d.notice, d.queue, a.id AS address, w.provider, w.every, w.times, so_far.rung,
           so_far.waits, so_far.last_at
    FROM due d JOIN push_address a ON a.subject = d.subject AND {USABLE.format(fresh="$6")} AND {CONSENTED}
    JOIN ring_of w ON w.kind = a.kind
    CROSS JOIN LATERAL (
        SELECT count(*) AS rung, bool_or(x.state IN ('scheduled', 'pending')) AS waits,
               max(COALESCE(x.accepted_at, x.made_at)) AS last_at
        FROM push_delivery x WHERE x.recipient = d.id AND x.address = a.id) so_far
    WHERE NOT coalesce(d.over, FALSE) AND so_far.rung < w.times
),
looked AS (
    UPDATE push_recipient r SET way = r.way + 1,
        look_at = CASE WHEN s.recipient IS NOT NULL THEN greatest($1::timestamptz + interval '5 seconds', s.next_at) END
    FROM due d LEFT JOIN (
        SELECT recipient,
               min(CASE WHEN last_at + every > $1 THEN last_at + every ELSE $1::timestamptz + every END) AS next_at
        FROM addressed GROUP BY recipient) s ON s.recipient = d.id
    WHERE r.id = d.id RETURNING r.look_at
),
queued AS (
    INSERT INTO push_delivery (id, notice, recipient, address, provider, queue, way, round, state, attempts, repeats,
                               next_at, fate_unknown, made_at)
    SELECT {uuid7("$1", by="a.address")}, a.notice, a.recipient, a.address, a.provider, a.queue, 0, a.rung, 'pending',
           0, 0, $1, FALSE, $1
    FROM addressed a WHERE NOT coalesce(a.waits, FALSE) AND (a.last_at IS NULL OR a.last_at + a.every <= $1)
    RETURNING notice, state, provider, queue
),
counted AS ({COUNTED.format(slot="0", queued="queued")})
SELECT (SELECT count(*) FROM due) AS looked, (SELECT min(look_at) FROM looked) AS next_at,
       ARRAY(SELECT DISTINCT queue::text FROM queued) AS queues
"""


async def next_way(category: Category, ways: Ways, timing: Timing) -> tuple[int, list[tuple[UUID, str]]]:
    """Try the next way with those whose way did not reach them in time; how many were looked at, and whom to wake."""
    row = await fetch_row(
        _NEXT_WAY,
        timing.at,
        category,
        ways.kinds,
        ways.numbers,
        ways.providers,
        ways.within,
        timing.fresh_since,
        timing.first_at,
        PAUSED_FOR,
    )
    assert row is not None  # noqa: S101 - a SELECT of counts always has a row
    turns = [turn.split(" ", 1) for turn in row["turns"]]
    return row["looked"], [(UUID(queue), provider) for queue, provider in turns]


async def ring(
    rings: Mapping[AddressKind, Ring], providers: Mapping[AddressKind, str], *, at: datetime, fresh_since: datetime
) -> tuple[int, list[UUID], datetime | None]:
    """Ring again whoever has not acknowledged an emergency: how many were looked at, queues to wake, when next."""
    kinds = [kind for kind in rings if kind in providers]
    row = await fetch_row(
        _RING,
        at,
        [kind.value for kind in kinds],
        [providers[kind] for kind in kinds],
        [rings[kind].every for kind in kinds],
        [rings[kind].times for kind in kinds],
        fresh_since,
    )
    assert row is not None  # noqa: S101 - a SELECT of counts always has a row
    return row["looked"], [UUID(queue) for queue in row["queues"]], row["next_at"]


async def unacknowledged(*, at: datetime) -> Sequence[Row]:
    """Notices whose time is up and that nobody has taken, held until the transaction ends."""
    return await fetch(
        "SELECT * FROM push_notice WHERE escalate_at <= $1 ORDER BY escalate_at LIMIT 100 FOR UPDATE SKIP LOCKED", at
    )


async def escalated(notice_id: UUID, *, step: int, again_at: datetime | None) -> None:
    """Write down how far it has gone."""
    await fetch("UPDATE push_notice SET step = $2, escalate_at = $3 WHERE id = $1", notice_id, step, again_at)


async def running() -> list[UUID]:
    """Campaigns that are planned and run."""
    rows = await fetch("SELECT id FROM push_notice WHERE campaign_state = 'running' AND planned_at IS NOT NULL")
    return [row["id"] for row in rows]


async def overdue(*, at: datetime) -> Sequence[Row]:
    """Campaigns that should have been planned and were not: their job is lost or held."""
    return await fetch(
        "SELECT * FROM push_notice WHERE campaign_state IN ('scheduled', 'running') AND planned_at IS NULL "
        "AND COALESCE(not_before, made_at) <= $1",
        at,
    )


async def finish(notice_id: UUID, *, at: datetime) -> None:
    """Close a campaign of which nothing waits and nobody is looked after any more."""
    await fetch(
        """
        UPDATE push_notice n SET campaign_state = 'finished', finished_at = $2
        WHERE n.id = $1 AND n.campaign_state = 'running' AND (n.expires_at <= $2 OR NOT EXISTS (
            SELECT FROM push_recipient r WHERE r.notice = n.id AND r.look_at IS NOT NULL))
        """,
        notice_id,
        at,
    )
