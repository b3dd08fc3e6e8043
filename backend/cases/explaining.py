"""Why a case is due when it is."""

from uuid import UUID

from backend.cases import clocks, records
from backend.deadlines.explaining import why_due_of
from backend.deadlines.schemas import DueExplained
from backend.people.actors import Actor


async def why_due(*, case_id: UUID, by: Actor) -> list[DueExplained]:
    """The explanations of both clocks. Raises CaseUnknown (404)."""
    await records.get_case(case_id=case_id, by=by)
    return await why_due_of(subject_room=clocks.ROOM, subject_id=case_id)
