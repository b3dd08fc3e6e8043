"""What rooms above read of the tasks they asked for, and the statements that write many tasks at once.

Raw, because thousands of forward tasks are one statement, and closing is a compare-and-set with its history.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.creates import digest
from backend.core.database import fetch, fetch_row
from backend.people.household_queries import SERVED_ON
from backend.tasks.schemas import NewTask, Tally, TaskStanding
from backend.tasks.tables import WAITING, DeclineReason, TaskKind, TaskState

Row = Mapping[str, Any]

IS_WAITING = f"state IN ({', '.join(repr(str(state)) for state in WAITING)})"
"""Word for word the condition of the partial indexes."""


async def states_of(*, origin_room: str, origin_ids: Sequence[UUID]) -> dict[UUID, list[TaskStanding]]:
    """Where the tasks of these records stand, those asked first first; a record without tasks has an empty list."""
    found: dict[UUID, list[TaskStanding]] = {origin_id: [] for origin_id in origin_ids}
    rows = await fetch(
        "SELECT origin_id, id, kind, assignee, state, closed_at, closed_by, handed_to, close_reason, done_at "
        "FROM tasks_task "
        "WHERE origin_room = $1 AND origin_id = ANY($2) ORDER BY asked_at, id",
        origin_room,
        list(origin_ids),
    )
    for origin_id, *facts in rows:
        found[origin_id].append(_standing(*facts))
    return found


def _standing(
    id: UUID,
    kind: str,
    assignee: UUID | None,
    state: str,
    closed_at: datetime | None,
    closed_by: UUID | None,
    handed_to: UUID | None,
    reason: str | None,
    done_at: datetime | None,
) -> TaskStanding:
    given = DeclineReason(reason) if reason else None
    return TaskStanding(id, TaskKind(kind), assignee, TaskState(state), closed_at, closed_by, handed_to, given, done_at)


async def states(task_ids: Sequence[UUID]) -> dict[UUID, TaskState]:
    """In which state tasks are, whoever has them; those that are no more are left out."""
    rows = await fetch("SELECT id, state FROM tasks_task WHERE id = ANY($1)", list(task_ids))
    return {row["id"]: TaskState(row["state"]) for row in rows}


async def his_among(task_ids: Sequence[UUID], *, person_id: UUID) -> set[UUID]:
    """Those of these tasks that are asked of somebody, or of nobody for a household that he serves today."""
    rows = await fetch(_HIS, list(task_ids), person_id, clock.today())
    return {row["id"] for row in rows}


_HIS = f"""
SELECT t.id FROM tasks_task t WHERE t.id = ANY($1) AND (t.assignee = $2 OR t.assignee IS NULL AND EXISTS (
    SELECT FROM people_household_service s WHERE s.household = t.household AND s.person = $2
    AND {SERVED_ON.format(n=3)}))
"""


async def posted(*, origin_room: str, origin_id: UUID) -> dict[TaskState, Tally]:
    """Tasks of a record by state, and the headcount of their groups; a state without any is left out."""
    rows = await fetch(
        "SELECT state, count(*) AS tasks, COALESCE(sum(headcount), 0) AS headcount FROM tasks_task "
        "WHERE origin_room = $1 AND origin_id = $2 GROUP BY state",
        origin_room,
        origin_id,
    )
    return {TaskState(row["state"]): Tally(row["tasks"], row["headcount"]) for row in rows}


_INSERT = """
INSERT INTO tasks_task (
    id, kind, assignee, household, title_zh, title_en, detail_zh, detail_en, urgency, due_at, expires_at,
    division_code, longitude, latitude, origin_room, origin_id, link, office_phone, headcount, asked_by, asked_at,
    state, entered_late, arguments_digest)
SELECT n.id, n.kind, n.assignee_id, n.household_id, n.title_zh, n.title_en, n.detail_zh, n.detail_en, n.urgency,
       n.due_at, n.expires_at, COALESCE(n.division_code, h.division_code, home.code), n.longitude, n.latitude,
       n.origin_room, n.origin_id, n.link, n.office_phone, n.headcount, n.asked_by, $2, 'open', FALSE,
       decode(n.arguments_digest, 'hex')
FROM jsonb_to_recordset($1::jsonb) AS n(
    id uuid, kind text, assignee_id uuid, household_id uuid, title_zh text, title_en text, detail_zh text,
    detail_en text, urgency text, due_at timestamptz, expires_at timestamptz, division_code text,
    longitude float8, latitude float8, origin_room text, origin_id uuid, link text, office_phone text,
    headcount int, asked_by uuid, arguments_digest text)
LEFT JOIN people_household h ON h.id = n.household_id
LEFT JOIN LATERAL (
    SELECT v.code FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    WHERE r.person = n.assignee_id AND n.division_code IS NULL AND h.id IS NULL
    AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to >= $3)
    ORDER BY length(v.prefix) DESC, v.code LIMIT 1
) home ON TRUE
ORDER BY n.id
ON CONFLICT (id) DO NOTHING
RETURNING id
"""
"""In the order of ids, so that two that ask for the same tasks wait for each other and never in a circle."""


async def insert(tasks: Sequence[NewTask]) -> int:
    """Store those that are not there yet, in one statement; how many they were. Ten thousand rows: 0.4 s."""
    described = [msgspec.to_builtins(task) | {"arguments_digest": digest(task).hex()} for task in tasks]
    rows = await fetch(_INSERT, msgspec.json.encode(described).decode(), clock.now(), clock.today())
    return len(rows)


async def digest_of(task_id: UUID) -> bytes | None:
    """The digest a task was asked with."""
    row = await fetch_row("SELECT arguments_digest FROM tasks_task WHERE id = $1", task_id)
    return row["arguments_digest"] if row else None


_CLOSE_MANY = """
WITH waiting AS MATERIALIZED ({waiting}),
closed AS (
    UPDATE tasks_task t SET state = $1, closed_at = $2, closed_by = $3, done_on = $4
    FROM waiting w WHERE t.id = w.id RETURNING t.id
),
noted AS (
    INSERT INTO tasks_event (id, task, at, by, from_state, to_state)
    SELECT gen_random_uuid(), w.id, $2, $3, w.state, $1 FROM waiting w RETURNING id
)
SELECT count(*) AS tasks FROM closed
"""
_OF_ORIGIN = f"""
SELECT id, state FROM tasks_task WHERE origin_room = $5 AND origin_id = $6 AND ($7::text IS NULL OR kind = $7)
AND {IS_WAITING} ORDER BY id FOR UPDATE
"""
_RUN_OUT = f"""
SELECT id, state FROM tasks_task WHERE expires_at <= $2 AND {IS_WAITING}
ORDER BY expires_at LIMIT $5 FOR UPDATE SKIP LOCKED
"""


_CLOSE = """
WITH noted AS (
    INSERT INTO tasks_event (id, task, at, done_at, by, from_state, to_state) VALUES ($11, $1, $3, $6, $4, $12, $2)
)
UPDATE tasks_task SET state = $2, closed_at = $3, closed_by = $4, done_on = $5, done_at = $6, entered_late = $7,
    close_reason = $8, close_remark = $9, handed_to = $10
WHERE id = $1
"""


async def close(task_id: UUID, closed: Row, *, event_id: UUID, from_state: str) -> None:
    """Close one task that the caller holds, with its line of history; `closed`: the columns of _CLOSE in their order.

    One statement, because a phone comes home with hundreds: through Piccolo it was half of the CPU of each.
    """
    await fetch(_CLOSE, task_id, *closed.values(), event_id, from_state)


async def settle(
    *, origin_room: str, origin_id: UUID, kind: TaskKind | None, to: TaskState, by: UUID | None, done_on: date | None
) -> int:
    """Close what waits of one record; how many they were."""
    statement = _CLOSE_MANY.format(waiting=_OF_ORIGIN)
    row = await fetch_row(statement, to, clock.now(), by, done_on, origin_room, origin_id, kind)
    return row["tasks"] if row else 0


async def expire(*, now: datetime, limit: int) -> int:
    """Close up to `limit` tasks that ran out, the earliest first, without waiting for those somebody is closing."""
    row = await fetch_row(_CLOSE_MANY.format(waiting=_RUN_OUT), TaskState.EXPIRED, now, None, None, limit)
    return row["tasks"] if row else 0
