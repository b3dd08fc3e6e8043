"""What a phone does with tasks offline: take one on, enter it as done, decline it, hand it over."""

from uuid import UUID

from msgspec import Struct

from backend.sync.command_kinds import CommandKind, Doing, Done, offer
from backend.sync.words import CommandOutcome
from backend.tasks import actions, handing_over
from backend.tasks.schemas import Completion, Decline, HandOver, TaskRecord


class AcknowledgeTask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seen, and taken on."""

    task_id: UUID


class CompleteTask(Completion, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Done. Without `done_on`: on the day of `captured_at`, or today where the phone's clock was plainly wrong.
    It counts where the task was his at `captured_at`, though somebody else has it now: `merged` where it had been
    handed over since (the record is its successor), `duplicate` where somebody else had done it first (the record tells
    who)."""

    task_id: UUID


class DeclineTask(Decline, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It cannot be done, and why."""

    task_id: UUID


class HandOverTask(HandOver, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody else does it. Without `id` the successor has the command's."""

    task_id: UUID


async def _acknowledge(said: AcknowledgeTask, doing: Doing) -> Done:
    task = await actions.acknowledge_task(task_id=said.task_id, by=doing.by, at=doing.done_at)
    return Done(record_id=task.id)


async def _complete(said: CompleteTask, doing: Doing) -> Done:
    task = await actions.complete_task(
        task_id=said.task_id, by=doing.by, done_on=said.done_on, remark=said.remark, at=doing.done_at
    )
    if task.id != said.task_id:
        return Done(record_id=task.id, outcome=CommandOutcome.MERGED, record=task)
    if task.closed_by != doing.by.person_id:
        return Done(record_id=task.id, outcome=CommandOutcome.DUPLICATE, record=task)
    return Done(record_id=task.id)


async def _decline(said: DeclineTask, doing: Doing) -> Done:
    task = await actions.decline_task(
        task_id=said.task_id, reason=said.reason, remark=said.remark, by=doing.by, at=doing.done_at
    )
    return Done(record_id=task.id)


async def _hand_over(said: HandOverTask, doing: Doing) -> Done:
    made = await handing_over.hand_over_task(
        id=said.id or doing.command_id,
        task_id=said.task_id,
        to_person_id=said.to_person_id,
        remark=said.remark,
        by=doing.by,
        at=doing.done_at,
    )
    if made.created:
        return Done(record_id=made.record.id)
    return Done(record_id=made.record.id, outcome=CommandOutcome.DUPLICATE, record=made.record)


async def _read(task_id: UUID, doing: Doing) -> TaskRecord:
    return await actions.get_task(task_id=task_id, by=doing.by)


offer(CommandKind(verb="acknowledgeTask", arguments=AcknowledgeTask, run=_acknowledge, read=_read))
offer(CommandKind(verb="completeTask", arguments=CompleteTask, run=_complete, read=_read))
offer(CommandKind(verb="declineTask", arguments=DeclineTask, run=_decline, read=_read))
offer(CommandKind(verb="handOverTask", arguments=HandOverTask, run=_hand_over, read=_read))
