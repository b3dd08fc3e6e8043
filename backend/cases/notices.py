"""Whom a case's steps reach: the unit's duty person at any hour, and the supervisor when it is sent on and on."""

from uuid import UUID, uuid5

from backend.cases import people
from backend.cases.steps import Held
from backend.people.actors import Actor
from backend.rosters.queries import duty_person
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "cases"

URGENCIES = {"emergency": Urgency.EMERGENCY, "basic_living": Urgency.HIGH}
"""By policy; all others are normal."""


async def tell_unit(case: Held, *, unit_id: UUID, step_id: UUID, by: Actor | None) -> UUID | None:
    """A task for whoever is on duty in the unit, else for one of its handlers; who it is, None where there is nobody.

    What waited of an earlier dispatch is withdrawn: the case has gone on.
    """
    await settle(case.id, by=by)
    person_id = await duty_person(unit_id=unit_id) or await people.handler_of(unit_id)
    if person_id is None:
        return None
    urgency = URGENCIES.get(case.policy_code, Urgency.NORMAL)
    await tasks.ask(
        task=NewTask(
            id=uuid5(step_id, "take in hand"),
            kind=TaskKind.ACKNOWLEDGE,
            title_zh=f"新工单 {case.number}：请接手办理",
            title_en=f"New case {case.number}: take it in hand",
            assignee_id=person_id,
            urgency=urgency,
            division_code=case.division_code,
            origin_room=ROOM,
            origin_id=case.id,
            link=link(case.id),
            asked_by=by.person_id if by else None,
        )
    )
    return person_id


async def tell_supervisor(case: Held, *, hops: int, step_id: UUID, by: Actor | None) -> UUID | None:
    """A task for the supervisor nearest to the place: the case was sent on again. None where there is nobody."""
    person_id = await people.supervisor_of(case.division_code)
    if person_id is None:
        return None
    await tasks.ask(
        task=NewTask(
            id=uuid5(step_id, "second hop"),
            kind=TaskKind.OTHER,
            title_zh=f"工单 {case.number} 已转办 {hops} 次，请确定由谁办理",
            title_en=f"Case {case.number} was transferred {hops} times: settle who acts",
            assignee_id=person_id,
            urgency=Urgency.HIGH,
            division_code=case.division_code,
            origin_room=ROOM,
            origin_id=case.id,
            link=link(case.id),
            asked_by=by.person_id if by else None,
        )
    )
    return person_id


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
