"""Answering: what the crop has, how sure that is, what to do; and a chief's correction, which the farmer is told too.

An answer is never altered. A correction is another one, and the first stays readable with its date.
"""

from typing import Any
from uuid import UUID

from backend.cases.words import CaseState
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.words import Term
from backend.diagnosis import answer_storing, calling_off, case_steps, moving, outbreak_watch, telling, visit_tasks
from backend.diagnosis.answer_queries import CaseFacts, case_facts, first_of, pair_with
from backend.diagnosis.answer_refusals import NotAnswered
from backend.diagnosis.answer_schemas import AnswerRecord, NewAnswer
from backend.diagnosis.moving import Held
from backend.diagnosis.refusals import NotYours
from backend.diagnosis.visibility import Reader, reader, sees
from backend.diagnosis.words import AnswerKind, RequestState
from backend.people.actors import Actor

ANSWERED = Term("Your question about your crop has an answer: receipt {number}. Open it to read it.")
CORRECTED = Term("The answer about your crop was corrected: receipt {number}. Please read it again.")


@transaction
async def answer_diagnosis(*, request_id: UUID, new: NewAnswer, by: Actor) -> Outcome[AnswerRecord]:
    """Answer a request that one has, or whose studio one is the chief of. The same again is the same answer.

    The case is resolved. Who reads for himself is told at once; for whoever called or came it is a task that somebody
    ticks. A proposed visit is a task of the household's cadre.

    Raises RequestUnknown (404), NotYours (403), Invalid, AdviceIncomplete (400), PesticideBanned, NotNow,
    DifferentArguments (409).
    """
    answer = answer_storing.saying(AnswerKind.FIRST, request_id=request_id, new=new, by=by)
    held = await moving.hold_with_case(request_id)
    if again := await answer_storing.said_before(answer):
        return again
    reading = await _must_see(held, by)
    if held.expert != by.person_id and not (reading.is_expert and reading.is_chief_of(held.studio, held.division_code)):
        raise NotYours("Somebody else has this request. Claim it, or ask whoever has it to hand it over.")
    moving.must_be(held, RequestState.CLAIMED, RequestState.ASKED)
    written = await answer_storing.store(answer, held)
    case = await case_facts(request_id)
    if case.state == CaseState.SUSPENDED:
        await case_steps.resume(written, request_id=request_id, by=by)
    await case_steps.resolve(written, request_id=request_id, by=by)
    await pair_with(request_id, first_id=answer.id)
    await calling_off.call_off_questions(request_id)
    await telling.forget_older(request_id, but=answer.id)
    await moving.move(held, RequestState.ANSWERED, **_answered(written))
    await _goes_out(written, await case_facts(request_id), ANSWERED, by=by)
    return Outcome(written, created=True)


@transaction
async def correct_diagnosis(*, request_id: UUID, new: NewAnswer, by: Actor) -> Outcome[AnswerRecord]:
    """Correct what was answered, as the studio's chief expert. The farmer is told; what was said first stays readable.

    Raises RequestUnknown (404), NotYours (403), Invalid, AdviceIncomplete (400), PesticideBanned, NotAnswered,
    DifferentArguments (409).
    """
    answer = answer_storing.saying(AnswerKind.CORRECTION, request_id=request_id, new=new, by=by)
    held = await moving.hold_with_case(request_id)
    if again := await answer_storing.said_before(answer):
        return again
    reading = await _must_see(held, by)
    if not (reading.is_expert and reading.is_chief_of(held.studio, held.division_code)):
        raise NotYours("An answer is corrected by the studio's chief expert.")
    before = await first_of(request_id)
    if held.state is not RequestState.ANSWERED or before is None:
        raise NotAnswered("There is no answer to correct yet. Answer the request instead.")
    written = await answer_storing.store(answer, held)
    await case_steps.correct(written, request_id=request_id, of=before["id"], by=by)
    await telling.forget_older(request_id, but=answer.id)
    await moving.change(held, **_answered(written))
    await _goes_out(written, await case_facts(request_id), CORRECTED, by=by)
    return Outcome(written, created=True)


async def _must_see(held: Held, by: Actor) -> Reader:
    reading = await reader(by)
    if not await sees(reading, held.id):
        raise moving.unknown(held.id)
    return reading


def _answered(written: AnswerRecord) -> dict[str, Any]:
    """What the newest answer makes of its request: nobody has told it to the farmer yet."""
    return {
        "answered_at": written.given_at,
        "follow_up_on": written.follow_up_on,
        "outcome_asked_at": None,
        "told_at": None,
        "told_by": None,
    }


async def _goes_out(written: AnswerRecord, case: CaseFacts, message: str, *, by: Actor) -> None:
    """The farmer's page has it from now on; whoever does not read it himself is rung or visited."""
    if written.visit_proposed:
        await visit_tasks.ask(written, case, by=by)
    if case.wants_call:
        await telling.ask_first(written, case)
    else:
        await telling.tell_at_once(written, case, message, by=by)
    await outbreak_watch.look_soon(request_id=case.id)
