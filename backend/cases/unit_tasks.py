"""Asking a unit for something: whoever is on duty there, else one of its handlers."""

from datetime import datetime
from uuid import UUID

from backend.cases import people
from backend.cases.notices import ROOM
from backend.core.ids import uuid7
from backend.people.actors import Actor
from backend.rosters.queries import duty_person
from backend.tasks.actions import ask
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency


async def ask_unit(
    unit_id: UUID,
    *,
    title_zh: str,
    title_en: str,
    detail_zh: str = "",
    origin_id: UUID,
    division_code: str,
    by: Actor,
    id: UUID | None = None,
    due_at: datetime | None = None,
    urgent: bool = False,
    link: str | None = None,
) -> UUID | None:
    """Ask in the caller's transaction. Who was asked; None where the unit has nobody, which a supervisor then sees."""
    person = await duty_person(unit_id=unit_id) or await people.handler_of(unit_id)
    if person is None:
        return None
    task = NewTask(
        id=id or uuid7(),
        kind=TaskKind.OTHER,
        title_zh=title_zh,
        title_en=title_en,
        detail_zh=detail_zh,
        assignee_id=person,
        urgency=Urgency.HIGH if urgent else Urgency.NORMAL,
        due_at=due_at,
        division_code=division_code,
        origin_room=ROOM,
        origin_id=origin_id,
        asked_by=by.person_id,
        link=link,
    )
    await ask(task=task)
    return person
