"""Whom a case's steps reach: the unit's duty person at any hour, and the supervisor when it is sent on and on."""

from typing import TypedDict
from uuid import UUID, uuid5

from backend.cases import people
from backend.cases.holding import Held
from backend.cases.words import CaseState
from backend.core.words import Term
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import said
from backend.rosters.duty_schemas import ToRing
from backend.rosters.queries import whom_to_ring
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "cases"

URGENCIES = {"emergency": Urgency.EMERGENCY, "basic_living": Urgency.HIGH}
"""By policy; all others are normal."""

NEW = Term("New case {number}: take it in hand.")
AGAIN = Term("Case {number} came back: look at it again.")
SENT_ON = Term("Case {number} was transferred {hops} times: settle who acts.")


async def tell_unit(case: Held, *, unit_id: UUID, step_id: UUID, by: Actor | None) -> None:
    """A task and a notice for whoever is on duty in the unit, at any hour; else for one of its handlers.

    What waited since an earlier dispatch is withdrawn: the case has gone on.
    """
    if case.state != CaseState.RECEIVED:
        await settle_all(case, by=by)
    if (asked := await _of_unit(unit_id)) is not None:
        await _tell(case, asked, NEW, kind=TaskKind.ACKNOWLEDGE, step_id=step_id, by=by)


async def tell_again(case: Held, *, step_id: UUID, by: Actor | None) -> None:
    """The unit that had a case is told that it came back; the desk dispatches it anew."""
    asked = await (_of_unit(case.assignee_unit) if case.assignee_unit else _supervisor(case))
    if asked is not None:
        await _tell(case, asked, AGAIN, kind=TaskKind.OTHER, step_id=step_id, by=by)


async def tell_supervisor(case: Held, *, hops: int, step_id: UUID, by: Actor | None) -> None:
    """The supervisor nearest to the place is asked to settle it: the case was sent on again."""
    if (asked := await _supervisor(case)) is not None:
        await _tell(case, asked, SENT_ON, kind=TaskKind.OTHER, step_id=uuid5(step_id, "hops"), by=by, hops=hops)


async def _of_unit(unit_id: UUID) -> ToRing | None:
    found = await whom_to_ring(unit_id=unit_id)
    return found or _asleep(await people.handler_of(unit_id))


async def _supervisor(case: Held) -> ToRing | None:
    return _asleep(await people.supervisor_of(case.division_code))


def _asleep(person_id: UUID | None) -> ToRing | None:
    """Somebody of whom no roster says that he is on duty."""
    return ToRing(person_id, on_duty=False) if person_id else None


async def _tell(
    case: Held, asked: ToRing, message: str, *, kind: TaskKind, step_id: UUID, by: Actor | None, hops: int = 0
) -> None:
    id, facts = uuid5(step_id, "task"), _Facts(number=case.number, hops=hops)
    urgency = URGENCIES.get(case.policy_code, Urgency.NORMAL)
    task = NewTask(
        id=id,
        kind=kind,
        title_zh=said("zh", message, **facts),
        title_en=said("en", message, **facts),
        assignee_id=asked.person_id,
        urgency=urgency,
        division_code=case.division_code,
        origin_room=ROOM,
        origin_id=case.id,
        link=link(case.id),
        asked_by=by.person_id if by else None,
    )
    await tasks.ask_many(tasks=[task])  # one statement where `ask` reads it back
    await push.notify(
        to=asked.person_id,
        text=push.text(message, **facts),
        category=Category.EMERGENCY if urgency is Urgency.EMERGENCY else Category.SERVICE,
        dedupe_key=f"cases {id}",
        link=link(case.id),
        origin_room=ROOM,
        origin_id=case.id,
        on_duty=asked.on_duty,
    )


class _Facts(TypedDict):
    number: str
    hops: int


async def settle(case_id: UUID, *, by: Actor | None, done: bool = False) -> None:
    """Close the unit's open tasks of a case: done where somebody took it in hand, else no longer needed."""
    to = TaskState.DONE if done else TaskState.WITHDRAWN
    await tasks.settle(origin_room=ROOM, origin_id=case_id, kind=TaskKind.ACKNOWLEDGE, to=to, by=by)


async def settle_all(case: Held, *, by: Actor | None) -> None:
    """Close whatever waits of a case that nobody works on any more."""
    await tasks.settle(origin_room=ROOM, origin_id=case.id, to=TaskState.WITHDRAWN, by=by)


def link(case_id: UUID) -> str:
    """The console's page of a case."""
    return f"/console/cases/{case_id}"
