"""What rooms ask of people, and what people do with it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from backend.core import clock
from backend.core.creates import Outcome, same
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.refusals import DifferentArguments
from backend.people.actors import Actor
from backend.tasks import closing, queries, reading
from backend.tasks.rules import checked_day, checked_remark
from backend.tasks.schemas import NewTask, TaskRecord
from backend.tasks.tables import DeclineReason, TaskKind, TaskState

BATCH = 1_000


@transaction
async def ask(*, task: NewTask) -> Outcome[TaskRecord]:
    """Ask one thing of somebody, inside the caller's transaction. The same again is the same task, as it is now.

    Raises DifferentArguments (409) when the id stands for another request.
    """
    created = await queries.insert([task])
    if not created and not same(await queries.digest_of(task.id), task):
        raise DifferentArguments("Task {id} was asked with other words; it stays as it is.", id=task.id)
    return Outcome(await reading.one(task.id), created=bool(created))


async def ask_many(*, tasks: Sequence[NewTask]) -> int:
    """Ask thousands of things in one statement, inside the caller's transaction; how many of them are new.

    Those whose id is there already stay as they are, so that a repeat is harmless.
    """
    return await queries.insert(tasks) if tasks else 0


async def settle(
    *,
    origin_room: str,
    origin_id: UUID,
    kind: TaskKind | None = None,
    to: TaskState = TaskState.DONE,
    by: Actor | None = None,
) -> int:
    """Close what still waits of a record (of one kind, if told), because the room's own verb made it moot; how many.

    to   DONE: what was asked for happened; WITHDRAWN: it is no longer needed
    by   whose deed it was, if it was somebody's
    """
    if to not in (TaskState.DONE, TaskState.WITHDRAWN):
        raise ValueError(f"A room settles its tasks as done or withdrawn, not {to}")
    done_on = clock.today() if to is TaskState.DONE else None
    person_id = by.person_id if by else None
    return await queries.settle(
        origin_room=origin_room, origin_id=origin_id, kind=kind, to=to, by=person_id, done_on=done_on
    )


async def get_task(*, task_id: UUID, by: Actor) -> TaskRecord:
    """A task of one's own, one that one closed or handed over, or one of a territory that one oversees.

    Raises TaskUnknown (404).
    """
    return reading.record(await closing.seen_by(by, task_id))


@transaction
async def acknowledge_task(*, task_id: UUID, by: Actor, at: datetime | None = None) -> TaskRecord:
    """Seen, and taken on. Once it is acknowledged or closed this changes nothing, nor when somebody else has it now.

    at   when, where that was offline; `acknowledged_at`, by which others wait, is when it came

    Raises TaskUnknown (404).
    """
    row = await closing.held_or_had_by(by, task_id, at=at)
    if row["state"] == TaskState.OPEN and row["holder"] == by.person_id:
        await closing.acknowledge(row, by, at=at)
    return await reading.one(task_id)


@transaction
async def complete_task(
    *,
    task_id: UUID,
    by: Actor,
    done_on: date | None = None,
    remark: str | None = None,
    at: datetime | None = None,
) -> TaskRecord:
    """Done, also when it had run out or been declined. A second time answers the same record; the first day stays.

    done_on   the day it was done, that of `at` unless told, else today; an earlier one is marked `entered_late`
    at        when it was done, where that was offline: it counts if the task was his then, whoever has it now, and
              where others handed it over later, the record is its successor

    Raises TaskUnknown (404), TaskClosed (409) once it was handed over or withdrawn, Invalid (400).
    """
    day, remark = checked_day(done_on, clock.today()), checked_remark(remark)
    row = await closing.held_or_had_by(by, task_id, at=at)
    done_at = closing.done_before(row, at)
    row = await closing.where_it_went(row, by, done_at=done_at)
    if row["state"] != TaskState.DONE:
        if done_at and done_on is None:
            day = clock.local(done_at).date()
        elif done_at and clock.local(done_at).date() != day:
            done_at = None  # another day than he says, so not the moment either
        row = await closing.close(row, by, to=TaskState.DONE, remark=remark, done_on=day, done_at=done_at)
    return reading.record(row)


@transaction
async def decline_task(
    *, task_id: UUID, reason: DeclineReason, by: Actor, remark: str | None = None, at: datetime | None = None
) -> TaskRecord:
    """It cannot be done, and why; the room that asked reads it. Said again, the first reason stays.

    at   when he said so, where that was offline

    Raises TaskUnknown (404), TaskClosed (409) once it is done, handed over or withdrawn, Invalid (400).
    """
    remark = checked_remark(remark, reason=reason)
    row = await closing.held_by(by, task_id)
    if row["state"] != TaskState.DECLINED:
        done_at = closing.done_before(row, at)
        row = await closing.close(row, by, to=TaskState.DECLINED, remark=remark, reason=reason, done_at=done_at)
    return reading.record(row)


@schedule("tasks/expire-due", "* * * * *")
async def expire_due() -> None:
    """Close what ran out, the earliest first, a thousand at a time."""
    while await queries.expire(now=clock.now(), limit=BATCH) == BATCH:
        pass
