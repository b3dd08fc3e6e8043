"""The waiting of a submission ended by hand: somebody carried it over himself, or it is worth nothing and struck out.

Neither deletes anything: what was sent stays as long as any other submission, with who ended its waiting and why.
"""

from uuid import UUID

from backend.core import clock
from backend.core.database import transaction
from backend.core.refusals import Forbidden
from backend.openrosa import queries
from backend.openrosa.remapping import MENDERS
from backend.openrosa.submission_refusals import NothingToMap
from backend.openrosa.submission_schemas import SubmissionRecord, SubmissionSettlement
from backend.openrosa.submissions import seen
from backend.openrosa.words import Settling, SubmissionState
from backend.people.actors import Actor

STATES = {Settling.CARRIED_OVER: SubmissionState.RECORDED, Settling.STRUCK_OUT: SubmissionState.DELETED}


@transaction
async def settle_submission(*, submission_id: UUID, said: SubmissionSettlement, by: Actor) -> SubmissionRecord:
    """An edit that was carried over has the record of what it edits. The same again changes nothing.

    By supervisors and administrators who see it. Raises SubmissionUnknown (404), Forbidden (403), NothingToMap (409).
    """
    await seen(submission_id, by)
    if not by.has(*MENDERS):
        raise Forbidden("Only a supervisor of its area may do that.")
    row = await queries.submission_locked(submission_id)
    if row is None or row["state"] not in (SubmissionState.ATTENTION, STATES[said.outcome]):
        raise NothingToMap
    if row["state"] == SubmissionState.ATTENTION:
        await queries.settle(
            submission_id, state=STATES[said.outcome], note=said.note.strip(), by=by.person_id, at=clock.now()
        )
    return await seen(submission_id, by)
