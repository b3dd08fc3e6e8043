"""Steps of one task, each under its lock and with a line of history. Called by the verbs, inside their transaction."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.tasks import reading
from backend.tasks.refusals import TaskClosed, TaskUnknown
from backend.tasks.rules import COMES_FROM, STATES
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


async def seen_by(by: Actor, task_id: UUID) -> Row:
    """A task that this person may read. Raises TaskUnknown (404)."""
    row = await reading.task(task_id)
    if row is None or not (_is_his(row, by) or visible_to(by).covers(row["division_code"] or "")):
        raise _unknown(task_id)
    return row


def _is_his(row: Row, by: Actor) -> bool:
    return by.person_id in (row["holder"], row["closed_by"])


def _unknown(task_id: UUID) -> TaskUnknown:
    return TaskUnknown("There is no task {id} among yours.", id=task_id)


async def acknowledge(row: Row, by: Actor) -> None:
    """Into `acknowledged`."""
    await Task.update({Task.state: TaskState.ACKNOWLEDGED, Task.acknowledged_at: clock.now()}).where(
        Task.id == row["id"]
    )
    await _note(row, by, TaskState.ACKNOWLEDGED)


async def close(
    row: Row,
    by: Actor,
    *,
    to: TaskState,
    remark: str | None,
    reason: DeclineReason | None = None,
    done_on: date | None = None,
    handed_to: UUID | None = None,
) -> None:
    """Into a closed state. Raises TaskClosed (409) where that does not follow on the present one."""
    must_follow(row, to)
    await Task.update(
        {
            Task.state: to,
            Task.closed_at: clock.now(),
            Task.closed_by: by.person_id,
            Task.done_on: done_on,
            Task.entered_late: done_on is not None and done_on < clock.today(),
            Task.close_reason: reason,
            Task.close_remark: remark,
            Task.handed_to: handed_to,
        }
    ).where(Task.id == row["id"])
    await _note(row, by, to)


def must_follow(row: Row, to: TaskState) -> None:
    """Raises TaskClosed (409) where a state does not follow on the present one."""
    if row["state"] not in COMES_FROM[to]:
        raise TaskClosed("This task is closed already: {state}. Nothing was changed.", state=STATES[row["state"]])


async def _note(row: Row, by: Actor, to: TaskState) -> None:
    await TaskEvent.insert(
        TaskEvent(id=ids.uuid7(), task=row["id"], at=clock.now(), by=by.person_id, from_state=row["state"], to_state=to)
    )
