"""The SQL of expedite notices. Raw: a sweep is one statement, however many clocks are due and nodes sweep."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.deadlines.limits import ClockKind

if TYPE_CHECKING:
    from backend.deadlines.ladders import Rung


class Fired(msgspec.Struct, frozen=True):
    """What a sweep found: clocks with a share that was reached, and the notices that will be sent."""

    clocks: int
    fired: int


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice on its way, with what it says of its clock."""

    id: UUID
    number: int
    percent: int
    level: int
    ladder: str
    unit: UUID | None
    division_code: str
    label: str
    link: str | None
    due_at: datetime | None
    clock_kind: ClockKind | None


_FIRE = """
WITH due AS MATERIALIZED (
    SELECT id, round, expedite_percents, expedite_at, expedited_percent, notices FROM deadlines_clock
    WHERE next_expedite_at <= $1 ORDER BY next_expedite_at LIMIT $2 FOR UPDATE SKIP LOCKED
), reached AS MATERIALIZED (
    SELECT d.id, d.round, d.notices, m.percents, m.percents[1] AS percent, m.reached_at, m.next_at
    FROM due d CROSS JOIN LATERAL (
        SELECT array_agg(s.percent ORDER BY s.percent DESC) FILTER (WHERE s.at <= $1) AS percents,
               max(s.at) FILTER (WHERE s.at <= $1) AS reached_at, min(s.at) FILTER (WHERE s.at > $1) AS next_at
        FROM unnest(d.expedite_percents, d.expedite_at) AS s(percent, at) WHERE s.percent > d.expedited_percent
    ) m
), fired AS (
    INSERT INTO deadlines_expedite (id, clock, round, percent, number, overtakes, reached_at, fired_at, state, level,
        next_move_at)
    SELECT gen_random_uuid(), id, round, percent, notices + 1, percents[2:], reached_at, $1, 'waiting', 0, $1
    FROM reached WHERE percent IS NOT NULL ON CONFLICT DO NOTHING RETURNING id
), advanced AS (
    UPDATE deadlines_clock c SET expedited_percent = coalesce(r.percent, c.expedited_percent),
        notices = c.notices + (r.percent IS NOT NULL)::int, next_expedite_at = r.next_at
    FROM reached r WHERE c.id = r.id
)
SELECT (SELECT count(*) FROM due) AS clocks, (SELECT count(*) FROM fired) AS fired
"""


async def fire(*, at: datetime, limit: int) -> Fired:
    """Write the notices of clocks that have reached a share, the longest overdue first."""
    row = await fetch_row(_FIRE, at, limit)
    return Fired(row["clocks"], row["fired"]) if row else Fired(0, 0)


async def take(*, at: datetime, limit: int) -> list[Notice]:
    """Notices that are to be sent or sent on, held until the transaction ends; no other node takes them meanwhile."""
    rows = await fetch(
        """
        SELECT n.id, n.number, n.percent, n.level, c.ladder, c.unit, c.division_code, c.label, c.link, c.due_at,
               p.clock AS clock_kind
        FROM deadlines_expedite n JOIN deadlines_clock c ON c.id = n.clock JOIN deadlines_policy p ON p.id = c.policy
        WHERE n.next_move_at <= $1 ORDER BY n.next_move_at LIMIT $2 FOR UPDATE OF n SKIP LOCKED
        """,
        at,
        limit,
    )
    return [msgspec.convert(dict(row), Notice) for row in rows]


async def sent(
    notice: Notice, rung: "Rung", *, person_id: UUID, task_id: UUID, at: datetime, acknowledge_by: datetime
) -> None:
    """A notice is on a rung, and is looked at again when the rung's time is over."""
    await fetch(
        """
        WITH moved AS (
            UPDATE deadlines_expedite SET state = 'sent', level = $3, next_move_at = $8 WHERE id = $2 RETURNING id
        )
        INSERT INTO deadlines_sending (id, notice, level, audience, person, task_id, sent_at, acknowledge_by)
        SELECT $1, id, $3, $4, $5, $6, $7, $8 FROM moved
        """,
        ids.uuid7(),
        notice.id,
        rung.level,
        rung.audience,
        person_id,
        task_id,
        at,
        acknowledge_by,
    )


async def acknowledged(notice_id: UUID, *, at: datetime) -> None:
    """Somebody took it on; nothing more is sent."""
    await fetch(
        "UPDATE deadlines_expedite SET state = 'acknowledged', acknowledged_at = $2, next_move_at = NULL WHERE id = $1",
        notice_id,
        at,
    )


async def rest(notice_id: UUID, *, next_move_at: datetime | None) -> None:
    """There is no further rung, or nobody yet on any of them."""
    await fetch("UPDATE deadlines_expedite SET next_move_at = $2 WHERE id = $1", notice_id, next_move_at)


async def settle(clock_ids: Sequence[UUID]) -> list[UUID]:
    """Nothing more is asked for by these clocks; the notices that were still open."""
    rows = await fetch(
        "UPDATE deadlines_expedite SET state = 'settled', next_move_at = NULL "
        "WHERE clock = ANY($1) AND state IN ('waiting', 'sent') RETURNING id",
        list(clock_ids),
    )
    return [row["id"] for row in rows]


async def notices(clock_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The notices of a clock in the order of their shares. One whose task somebody took on is acknowledged at once."""
    return await fetch(
        """
        SELECT n.id, n.number, n.percent, n.overtakes, n.round, n.reached_at, n.fired_at, n.level,
               CASE WHEN n.state <> 'waiting' AND t.taken_at IS NOT NULL THEN 'acknowledged' ELSE n.state END AS state,
               coalesce(t.taken_at, n.acknowledged_at) AS acknowledged_at
        FROM deadlines_expedite n LEFT JOIN LATERAL (
            SELECT min(coalesce(t.acknowledged_at, t.closed_at)) AS taken_at FROM deadlines_sending s
            JOIN tasks_task t ON t.id = s.task_id
            WHERE s.notice = n.id AND (t.acknowledged_at IS NOT NULL OR t.state = 'done')
        ) t ON TRUE
        WHERE n.clock = $1 ORDER BY n.round, n.percent
        """,
        clock_id,
    )
