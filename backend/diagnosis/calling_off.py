"""What was asked of people about an answer, and is not needed any more: the request came back, or has ended."""

from uuid import UUID

from backend.cases import blindness
from backend.core.database import fetch
from backend.diagnosis import telling
from backend.diagnosis.outcomes import asking_id
from backend.tasks import actions as tasks
from backend.tasks.tables import TaskKind, TaskState

ROOM = "diagnosis"


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
