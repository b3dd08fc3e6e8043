"""Asking a desk for something, in the caller's transaction: whoever is on duty there gets a task and is told."""

from typing import Any
from uuid import UUID

from backend.cases import people
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import said
from backend.rosters.duty_schemas import ToRing
from backend.rosters.queries import whom_to_ring
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "hotline"


async def ask_desk(
    unit_id: UUID,
    message: str,
    *,
    id: UUID,
    origin_id: UUID,
    division_code: str,
    by: Actor | None,
    link: str | None = None,
    urgency: Urgency = Urgency.HIGH,
    **facts: Any,
) -> UUID | None:
    """Who was asked: whoever is on duty in the unit, else one of its handlers, else the place's supervisor; the same
    id again asks nobody anew.

    message   a msgid with places for the facts: numbers and lines, nothing that names a person
    """
    asked = await whom_to_ring(unit_id=unit_id) or await _asleep(unit_id, division_code)
    if asked is None:
        return None
    task = NewTask(
        id=id,
        kind=TaskKind.OTHER,
        title_zh=said("zh", message, **facts),
        title_en=said("en", message, **facts),
        assignee_id=asked.person_id,
        urgency=urgency,
        division_code=division_code,
        origin_room=ROOM,
        origin_id=origin_id,
        link=link,
        asked_by=by.person_id if by else None,
    )
    await tasks.ask_many(tasks=[task])
    await push.notify(
        to=asked.person_id,
        text=push.text(message, **facts),
        category=Category.EMERGENCY if urgency is Urgency.EMERGENCY else Category.SERVICE,
        dedupe_key=f"hotline {id}",
        link=link,
        origin_room=ROOM,
        origin_id=origin_id,
        on_duty=asked.on_duty,
    )
    return asked.person_id


async def asked_no_more(origin_id: UUID, *, by: Actor | None, done: bool) -> None:
    """What was asked because of a record is done, or no longer needed."""
    to = TaskState.DONE if done else TaskState.WITHDRAWN
    await tasks.settle(origin_room=ROOM, origin_id=origin_id, to=to, by=by)


async def _asleep(unit_id: UUID, division_code: str) -> ToRing | None:
    found = await people.handler_of(unit_id) or await people.supervisor_of(division_code)
    return ToRing(found, on_duty=False) if found else None
