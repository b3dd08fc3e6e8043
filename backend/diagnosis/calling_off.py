"""What was asked of people, and is not needed any more: the request was answered, came back, or has ended."""

from uuid import UUID

from backend.cases import blindness
from backend.core import clock
from backend.core.database import fetch
from backend.diagnosis import question_queries, telling
from backend.diagnosis.outcomes import asking_id
from backend.tasks import actions as tasks
from backend.tasks.tables import TaskKind, TaskState

ROOM = "diagnosis"


async def call_off_questions(request_id: UUID) -> None:
    """Nothing is asked of the farmer any more, and nobody rings him for it."""
    asked = await question_queries.open_of(request_id)
    if asked is not None:
        await tasks.settle(origin_room=ROOM, origin_id=asked, to=TaskState.WITHDRAWN)
    await question_queries.withdraw(request_id, at=clock.now())


async def call_off_telling(request_id: UUID) -> None:
    """Nobody rings the farmer any more, with an answer or to ask what became of it."""
    await telling.forget_older(request_id)
    await tasks.settle(origin_room=ROOM, origin_id=asking_id(request_id), to=TaskState.WITHDRAWN)


async def call_off(request_id: UUID) -> None:
    """The same, and nobody goes there or gives a second opinion that was not given by then."""
    await call_off_telling(request_id)
    await tasks.settle(origin_room=ROOM, origin_id=request_id, kind=TaskKind.VISIT, to=TaskState.WITHDRAWN)
    rows = await fetch(
        "SELECT id, expert FROM diagnosis_second_opinion WHERE request = $1 AND answered_at IS NULL", request_id
    )
    for row in rows:
        await tasks.settle(origin_room=ROOM, origin_id=row["id"], to=TaskState.WITHDRAWN)
        await blindness.end(case_id=request_id, person_id=row["expert"])
