"""Telling the one who asked: face to face (见面), by a posted notice (榜示), by WeChat (微信), each with its proof.

Whatever kind of case it is. Once the matter has ended, telling him is what makes the case answered.
"""

from uuid import UUID, uuid5

from backend.cases import records
from backend.cases import suggestion_queries as queries
from backend.cases.holding import Held
from backend.cases.loop_refusals import ProofNeeded
from backend.cases.loop_words import FeedbackWay
from backend.cases.publishing import publishable
from backend.cases.rules import ENDED
from backend.cases.steps import Decided, take
from backend.cases.suggestion_records import feedback_record
from backend.cases.suggestion_schemas import FeedbackRecord, NewFeedback
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.media.actions import claim_photos
from backend.people.actors import Actor


@transaction
async def give_feedback(*, case_id: UUID, new: NewFeedback, by: Actor) -> Outcome[FeedbackRecord]:
    """Write down that somebody was told, and prove it. A posted notice names nobody.

    Raises ProofNeeded, PersonalInPublic, Invalid (400), NotYourStep (403), CaseUnknown, PhotoUnknown (404),
    StepNotOpen, DifferentArguments, PhotoClaimed (409).
    """
    _check_proof(new)
    at = clock.now()
    id = new.id or ids.uuid7(at)
    given_at = new.given_at or at
    if given_at > at:
        wrong = FieldError(pointer="/given_at", detail="This has not happened yet.", code="range")
        raise Invalid("Write down what has happened.", errors=[wrong])
    asked = [by.person_id, new]
    digest = creates.digest(asked)

    async def decide(case: Held) -> Decided:
        text = new.text.strip()
        if new.way is FeedbackWay.POSTED_NOTICE:
            text = publishable(text, pointer="/text", names=await queries.names(case_id), redact=new.redact)
        if new.photo_id is not None:
            await claim_photos(
                photo_ids=[new.photo_id],
                kind="case",
                record_id=case_id,
                division_code=case.division_code,
                household_id=case.household,
                uploaded_by=by.person_id,
            )
        written = await queries.feed_back(
            new, text, id=id, case_id=case_id, given_at=given_at, digest=digest, by=by.person_id, at=at
        )
        if not written:
            raise DifferentArguments("This feedback was written down with other content; it stays.")
        return Decided(facts={"words": text})

    said = {"way": new.way.value, "photo_ids": [str(new.photo_id)] if new.photo_id else []}
    taken = await take("fed_back", case_id=case_id, id=id, by=by, said=said, asked=asked, decide=decide)
    if taken.new and taken.before.state in ENDED:
        await take("answered", case_id=case_id, id=uuid5(id, "answered"), by=by, said={"words": ""})
    return Outcome(await _read(case_id, id), created=taken.new)


async def list_feedback(*, case_id: UUID, by: Actor) -> list[FeedbackRecord]:
    """How somebody was told, oldest first. Raises CaseUnknown (404)."""
    await records.get_case(case_id=case_id, by=by)
    return [feedback_record(row) for row in await queries.feedback(case_id)]


async def _read(case_id: UUID, id: UUID) -> FeedbackRecord:
    return next(feedback_record(row) for row in await queries.feedback(case_id) if row["id"] == id)


def _check_proof(new: NewFeedback) -> None:
    """Raises ProofNeeded (400)."""
    wrong = []
    if new.way is not FeedbackWay.IN_PERSON and new.photo_id is None:
        detail = "A photo of the notice, or a picture of the message, is the proof."
        wrong.append(FieldError(pointer="/photo_id", detail=detail, code="required"))
    if new.way is FeedbackWay.POSTED_NOTICE and new.point is None:
        detail = "Say where the notice hangs."
        wrong.append(FieldError(pointer="/point", detail=detail, code="required"))
    if wrong:
        raise ProofNeeded("How he was told has to be shown; see errors.", errors=wrong)
