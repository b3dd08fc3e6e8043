"""Steps of one task, each under its lock and with a line of history. Called by the verbs, inside their transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core import arrivals, clock, ids
from backend.people.actors import Actor, visible_to
from backend.people.household_queries import served_at
from backend.people.tables import Role
from backend.tasks import queries, reading
from backend.tasks.refusals import TaskClosed, TaskUnknown
from backend.tasks.rules import COMES_FROM, OLDEST_ENTRY, STATES
from backend.tasks.tables import DeclineReason, Task, TaskEvent, TaskState

Row = Mapping[str, Any]

SUPERVISORS = (Role.SUPERVISOR, Role.ADMIN)


async def held_by(by: Actor, task_id: UUID, *, or_supervised: bool = False) -> Row:
    """A task that is this person's to act on, locked until the transaction ends. Raises TaskUnknown (404)."""
    row = await reading.task(task_id, lock=True)
    scope = visible_to(by, roles=SUPERVISORS if or_supervised else ())
    if row is None or not (_is_his(row, by) or scope.covers(row["division_code"] or "")):
        raise _unknown(task_id)
    return row


async def held_or_had_by(by: Actor, task_id: UUID, *, at: datetime | None) -> Row:
    """The same; or one for a household that was this person's when, offline, he did something about the task.

    at   when that was; whoever is online acts on what is his now

    Raises TaskUnknown (404).
    """
    row = await reading.task(task_id, lock=True)
    if row is None or not (_is_his(row, by) or await _was_his(row, by, done_before(row, at))):
        raise _unknown(task_id)
    return row


async def _was_his(row: Row, by: Actor, done_at: datetime | None) -> bool:
    if done_at is None or row["assignee"] or row["household"] is None:
        return False
    return await served_at(household_id=row["household"], person_id=by.person_id, at=done_at)


async def where_it_went(row: Row, by: Actor, *, done_at: datetime | None) -> Row:
    """The task; or where others handed it on after it had been done (`done_at`), the last successor, locked."""
    while _was_taken_from(row, by, done_at):
        successor = await reading.task(row["handed_to"], lock=True)
        assert successor is not None  # noqa: S101 - a foreign key
        row = successor
    return row


def _was_taken_from(row: Row, by: Actor, done_at: datetime | None) -> bool:
    handed_on = row["state"] == TaskState.HANDED_OVER and row["closed_by"] != by.person_id
    return handed_on and done_at is not None and done_at < row["closed_at"]


async def seen_by(by: Actor, task_id: UUID) -> Row:
    """A task that this person may read. Raises TaskUnknown (404)."""
    row = await reading.task(task_id)
    if row is None or not (_is_his(row, by) or visible_to(by).covers(row["division_code"] or "")):
        raise _unknown(task_id)
    return row


def _is_his(row: Row, by: Actor) -> bool:
    return by.person_id in (row["holder"], row["closed_by"])


def _unknown(task_id: UUID) -> TaskUnknown:
    return TaskUnknown(
        "There is no such task among yours: somebody else may have it now, or it was withdrawn.", id=task_id
    )


def done_before(row: Row, at: datetime | None) -> datetime | None:
    """When something was done about a task, where that was before now: not before it was asked, nor years ago."""
    now = clock.now()
    return arrivals.done_before(at, since=max(row["asked_at"], now - OLDEST_ENTRY), now=now)


async def acknowledge(row: Row, by: Actor, *, at: datetime | None = None) -> None:
    """Into `acknowledged`."""
    await Task.update({Task.state: TaskState.ACKNOWLEDGED, Task.acknowledged_at: clock.now()}).where(
        Task.id == row["id"]
    )
    await _note(row, by, TaskState.ACKNOWLEDGED, done_before(row, at))


async def close(
    row: Row,
    by: Actor,
    *,
    to: TaskState,
    remark: str | None,
    reason: DeclineReason | None = None,
    done_on: date | None = None,
    handed_to: UUID | None = None,
    done_at: datetime | None = None,
) -> Row:
    """The task in a closed state. Raises TaskClosed (409) where that does not follow on the present one."""
    must_follow(row, to)
    closed = {
        "state": to,
        "closed_at": clock.now(),
        "closed_by": by.person_id,
        "done_on": done_on,
        "done_at": done_at,
        "entered_late": done_on is not None and done_on < clock.today(),
        "close_reason": reason,
        "close_remark": remark,
        "handed_to": handed_to,
    }
    await queries.close(row["id"], closed, event_id=ids.uuid7(), from_state=row["state"])
    return {**row, **closed, "closed_by_name": by.name}


def must_follow(row: Row, to: TaskState) -> None:
    """Raises TaskClosed (409) where a state does not follow on the present one."""
    if row["state"] not in COMES_FROM[to]:
        raise TaskClosed("This task is closed already: {state}. Nothing was changed.", state=STATES[row["state"]])


async def _note(row: Row, by: Actor, to: TaskState, done_at: datetime | None) -> None:
    step = {"id": ids.uuid7(), "task": row["id"], "at": clock.now(), "done_at": done_at, "by": by.person_id}
    await TaskEvent.insert(TaskEvent(**step, from_state=row["state"], to_state=to))
