"""A proposed visit: the household's cadre goes there, else the expert who proposed it."""

from datetime import date, datetime, time
from uuid import uuid5

from backend.cases.numbers import grouped
from backend.core.clock import SHANGHAI
from backend.core.words import Term
from backend.diagnosis.answer_queries import CaseFacts
from backend.diagnosis.answer_schemas import AnswerRecord
from backend.people.actors import Actor
from backend.people.household_queries import serving_today
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency

ROOM = "diagnosis"
BY_EVENING = time(18)

LOOK = Term("Look at the field: {crop}, receipt {number}. The expert proposed a visit.")


async def ask(answer: AnswerRecord, case: CaseFacts, *, by: Actor) -> None:
    """Ask for it, in the transaction of the answer; where it is, is told by the household or on the request's page."""
    served = case.household is not None and await serving_today(household_id=case.household) is not None
    task = NewTask(
        id=uuid5(answer.id, "visit"),
        kind=TaskKind.VISIT,
        title_zh=said("zh", LOOK, crop=case.crop_zh, number=grouped(case.number)),
        title_en=said("en", LOOK, crop=case.crop_en, number=grouped(case.number)),
        assignee_id=None if served else by.person_id,
        household_id=case.household if served else None,
        urgency=Urgency.HIGH if case.urgent else Urgency.NORMAL,
        due_at=_evening_of(answer.visit_by) if answer.visit_by else None,
        division_code=case.division_code,
        origin_room=ROOM,
        origin_id=case.id,
        link=f"/console/clinic/{case.id}",
        asked_by=by.person_id,
    )
    await tasks.ask_many(tasks=[task])


def _evening_of(day: date) -> datetime:
    return datetime.combine(day, BY_EVENING, SHANGHAI)
