"""What comes next until a farmer has heard his answer: rung again another hour, a few times, then somebody goes there.

Pure: the tasks of one answer as they stand, the moment and the policy in; the next step out.
"""

from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from uuid import UUID, uuid5

from msgspec import Struct

from backend.core.clock import local
from backend.diagnosis.policies import DiagnosisPolicy
from backend.tasks.schemas import TaskStanding
from backend.tasks.tables import WAITING, DeclineReason, TaskState

FIT_FROM, FIT_TO = time(8), time(20)
"""Hours in which a farmer may be rung, on a clock in Shandong. (Our own choice.)"""

GONE = (TaskState.DECLINED, TaskState.EXPIRED)


class Next(StrEnum):
    """What happens now."""

    WAIT = "wait"
    TOLD = "told"
    RING = "ring"
    GO_THERE = "go_there"


class Decision(Struct, frozen=True, kw_only=True):
    """The next step.

    at, by   told: when, and by whom
    nth      the how many-th call is asked for
    but      whoever said that it is not his to do
    """

    next: Next
    at: datetime | None = None
    by: UUID | None = None
    nth: int = 0
    but: tuple[UUID, ...] = ()


def call_id(answer_id: UUID, nth: int) -> UUID:
    """The task of the n-th call about an answer."""
    return uuid5(answer_id, f"tell {nth}")


def visit_id(answer_id: UUID) -> UUID:
    """The task of going there, after calls in vain."""
    return uuid5(answer_id, "tell at his door")


def decide(answer_id: UUID, tasks: Sequence[TaskStanding], *, at: datetime, policy: DiagnosisPolicy) -> Decision:
    """What comes next."""
    done = next((task for task in tasks if task.state is TaskState.DONE), None)
    if done is not None:
        return Decision(next=Next.TOLD, at=done.done_at or done.closed_at, by=done.closed_by or done.assignee_id)
    by_id = {task.task_id: task for task in tasks}
    asked = [nth for nth in range(1, policy.telling_tries + 1) if call_id(answer_id, nth) in by_id]
    if not asked:
        return Decision(next=Next.RING, nth=1)
    if visit_id(answer_id) in by_id:
        return Decision(next=Next.WAIT)
    return _after(_last(by_id, call_id(answer_id, max(asked))), max(asked), tasks, at=at, policy=policy)


def _last(by_id: dict[UUID, TaskStanding], task_id: UUID) -> TaskStanding:
    """A task, or whoever it was handed to in the end."""
    task = by_id[task_id]
    while task.handed_to in by_id:
        task = by_id[task.handed_to]
    return task


def _after(
    last: TaskStanding, nth: int, tasks: Sequence[TaskStanding], *, at: datetime, policy: DiagnosisPolicy
) -> Decision:
    if last.state in WAITING or last.state not in GONE or last.closed_at is None:
        return Decision(next=Next.WAIT)
    if nth >= policy.telling_tries:
        return Decision(next=Next.GO_THERE)
    in_vain = last.close_reason is DeclineReason.NOT_REACHED
    if in_vain and (at < last.closed_at + policy.telling_again_after or not is_fit(at)):
        return Decision(next=Next.WAIT)
    return Decision(next=Next.RING, nth=nth + 1, but=_not_theirs(tasks))


def is_fit(at: datetime) -> bool:
    """Whether a farmer may be rung at a moment."""
    return FIT_FROM <= local(at).time() < FIT_TO


def _not_theirs(tasks: Sequence[TaskStanding]) -> tuple[UUID, ...]:
    """Whoever declined for another reason than that nobody answered: somebody else is asked then."""
    return tuple(
        task.closed_by
        for task in tasks
        if task.state is TaskState.DECLINED and task.close_reason is not DeclineReason.NOT_REACHED and task.closed_by
    )
