"""Asking the farmer back. While he is asked the case stands still with its clocks; his answer, or time, sets it going.

He answers on his receipt, with words, photos or both; or somebody writes down what he says. What the gate asks for, a
better photo, he answers in the same way, also with "I have no better one".
"""

from datetime import datetime
from uuid import UUID, uuid5

from backend.cases import numbers, working
from backend.cases.steps import take
from backend.cases.words import CaseState
from backend.core import arrivals, clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.refusals import DifferentArguments, FieldError
from backend.core.words import Term
from backend.deadlines.tables import SuspensionReason
from backend.diagnosis import desks, farmer_notices, gate, moving, question_queries, records
from backend.diagnosis.answer_queries import case_facts
from backend.diagnosis.moving import Held
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.queries import Row
from backend.diagnosis.question_ids import id_of_content
from backend.diagnosis.refusals import NothingSaid, NotYours, QuestionUnknown
from backend.diagnosis.request_schemas import DiagnosisRecord, NewQuestion, QuestionAnswer, QuestionRecord
from backend.diagnosis.visibility import reader, sees
from backend.diagnosis.words import RequestState
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "diagnosis"
AT_ONCE = 500
ASKED = Term("The expert asks you something about your crop, number {number}. Open your receipt to answer.")
RING = Term("Ring and ask what the expert wants to know about {crop} ({number})")
ANSWERED = Term("The farmer has answered what you asked about {crop} ({number}).")
UNANSWERED = Term("The farmer has not answered what you asked about {crop} ({number}). Answer with what there is.")
NO_BETTER = Term("I have no better photo.")


@transaction
async def ask_farmer(*, request_id: UUID, new: NewQuestion, by: Actor) -> Outcome[QuestionRecord]:
    """Ask what one has to know; the case stands still until the farmer answers, or the policy's time is over.

    Whoever wants to be called is rung: that is a task. What was asked before and not answered
    is not asked any more.

    Raises RequestUnknown (404), NotYours (403), NotNow, DifferentArguments, StepNotOpen (409).
    """
    await _must_see(request_id, by)
    held = await moving.hold_with_case(request_id)
    question_id, words = new.id or ids.uuid7(), new.words.strip()
    if (stored := await question_queries.question(question_id)) is not None:
        if (stored["request"], stored["asked_by"], stored["words"]) != (request_id, by.person_id, words):
            raise DifferentArguments("Question {id} was asked before in other words; it stays.", id=str(question_id))
        return Outcome(records.question(stored), created=False)
    moving.must_be(held, RequestState.CLAIMED)
    if held.expert != by.person_id:
        raise NotYours("Take the request first; then ask.")
    at = clock.now()
    await question_queries.insert(
        question_id, request_id=request_id, asked_by=by.person_id, at=at, words=words, wants_photo=new.wants_photo
    )
    await _stand_still(question_id, words, held, by)
    until = at + diagnosis_policy(clock.today()).answer_awaited
    await moving.move(held, RequestState.ASKED, route_after=until)
    if held.wants_call:
        await _have_him_rung(question_id, request_id, by)
    else:
        await farmer_notices.tell(request_id=request_id, message=ASKED, key=f"question {question_id}")
    asked = await question_queries.question(question_id)
    assert asked is not None  # noqa: S101 - written above
    return Outcome(records.question(asked), created=True)


async def _stand_still(question_id: UUID, words: str, held: Held, by: Actor) -> None:
    facts: dict[str, object] = {"reason_code": SuspensionReason.WAITING_FOR_CITIZEN.value, "words": words}
    id = uuid5(question_id, "suspended")
    await take("suspended", case_id=held.id, id=id, by=by, said=facts, reason=words, by_rule=True)


async def _have_him_rung(question_id: UUID, request_id: UUID, by: Actor) -> None:
    case = await case_facts(request_id)
    asked = await desks.whom_to_ask(case)
    if asked is None:
        return
    task = NewTask(
        id=uuid5(question_id, "ring"),
        kind=TaskKind.CALL,
        title_zh=said("zh", RING, crop=case.crop_zh, number=numbers.grouped(case.number)),
        title_en=said("en", RING, crop=case.crop_en, number=numbers.grouped(case.number)),
        assignee_id=asked.person_id,
        household_id=asked.household_id,
        urgency=Urgency.HIGH if case.urgent else Urgency.NORMAL,
        division_code=case.division_code,
        origin_room=ROOM,
        origin_id=question_id,
        link=f"/console/clinic/{request_id}",
        asked_by=by.person_id,
    )
    await tasks.ask_many(tasks=[task])


@transaction
async def answer_question(
    *,
    request_id: UUID,
    question_id: UUID,
    new: QuestionAnswer,
    by: Actor | None,
    opener: str | None = None,
    at: datetime | None = None,
) -> DiagnosisRecord:
    """What the farmer says to a question: words, photos, or that he has no better photo. Said again it changes nothing.

    What comes late, or a second time in other words, is added and not lost.

    by      None: he himself, whose receipt the caller has checked; else whoever writes it down for him
    opener  whose photos may be taken up where `by` is nobody
    at      when he said it, where that was written down offline; the case stood still until it came

    Raises RequestUnknown, QuestionUnknown, PhotoUnknown (404), NothingSaid (400), NotYourStep (403), StepNotOpen,
    PhotoClaimed, DifferentArguments (409).
    """
    if by is not None:
        await _must_see(request_id, by)
    held = await moving.hold_with_case(request_id)
    question = await question_queries.question(question_id)
    if question is None or question["request"] != request_id:
        raise QuestionUnknown("Nothing {id} was asked about this request.", id=str(question_id))
    words = new.words.strip() or (said("zh", NO_BETTER) if new.no_better_photo else "")
    if not words and not new.photo_ids:
        detail = "Write a few words, or add a photo."
        raise NothingSaid(detail, errors=[FieldError(pointer="/words", detail=detail, code="required")])
    if await _added(held, question_id, new, words, by=by, opener=opener, at=at):
        said_at = arrivals.done_at(at, since=question["asked_at"], now=clock.now())
        if question["asked_by"] is None:
            await _of_gate(held, question_id, new, by=by, at=said_at)
        else:
            await _of_expert(held, question, words, by=by, at=said_at)
    return await records.read(request_id, by=by)


async def _added(
    held: Held,
    question_id: UUID,
    new: QuestionAnswer,
    words: str,
    *,
    by: Actor | None,
    opener: str | None,
    at: datetime | None,
) -> bool:
    """Put it on the case's timeline; false where all of it was there already."""
    id = new.id or await id_of_content(held.id, question_id, new)
    has_it = by is not None and held.expert == by.person_id  # an expert may have rung the farmer himself
    taken = []
    if new.photo_ids:
        photos: dict[str, object] = {"photo_ids": list(new.photo_ids)}
        photos_id = uuid5(id, "photos")
        added = await take("photos_added", case_id=held.id, id=photos_id, by=by, said=photos, by_rule=has_it, at=at)
        if added.new:
            await working.claim(added, new.photo_ids, by=by, opener=opener)
        taken.append(added)
    if words:
        relayed = {"words": words}
        words_id = uuid5(id, "words")
        taken.append(await take("relayed", case_id=held.id, id=words_id, by=by, said=relayed, by_rule=has_it, at=at))
    return any(each.new for each in taken)


async def _of_gate(held: Held, question_id: UUID, new: QuestionAnswer, *, by: Actor | None, at: datetime) -> None:
    """A better photo is looked at; without one an expert looks at what there is. Mere words leave the question open."""
    if held.state is not RequestState.AWAITING_PHOTO:
        return
    if new.photo_ids:
        await gate.look_soon(held.id)
    elif new.no_better_photo:
        await question_queries.settle(
            question_id, at=at, answer=said("zh", NO_BETTER), taken_by=by.person_id if by else None
        )
        await gate.open_for(await moving.change(held, no_better_photo=True))


async def _of_expert(held: Held, question: Row, words: str, *, by: Actor | None, at: datetime) -> None:
    """The expert has his answer, and the case goes on."""
    answer = "\n".join(each for each in (question["answer"], words) if each)
    taken_by = by.person_id if by else None
    await question_queries.settle(question["id"], at=at, answer=answer, taken_by=taken_by)
    await tasks.settle(origin_room=ROOM, origin_id=question["id"], to=TaskState.DONE, by=by)
    if held.state is RequestState.ASKED:
        await resume(held, by=by, id=uuid5(question["id"], "resumed"))
    await tell_expert(held, ANSWERED, key=f"{question['id']} {at.isoformat()}")


async def resume(held: Held, *, by: Actor | None, id: UUID) -> Held:
    """A request whose farmer was asked goes on with the expert who has it, and its case with its clocks."""
    case = await case_facts(held.id)
    if case.state is CaseState.SUSPENDED:
        await take("resumed", case_id=held.id, id=id, by=by, said={"words": ""}, by_rule=True)
    return await moving.move(held, RequestState.CLAIMED)


@schedule("diagnosis/questions-due", "* * * * *")
async def go_on_without() -> None:
    """Whatever waited for its farmer long enough goes on without his answer; he may still give it."""
    for request_id in await question_queries.unanswered_since(clock.now(), most=AT_ONCE):
        await _go_on_without(request_id)


@transaction
async def _go_on_without(request_id: UUID) -> None:
    held = await moving.hold_with_case(request_id)
    if held.state is not RequestState.ASKED or held.route_after is None or held.route_after > clock.now():
        return
    question = await question_queries.open_of(request_id)
    await resume(held, by=None, id=uuid5(request_id, f"nobody answered by {held.route_after.isoformat()}"))
    if question is not None:
        await tasks.settle(origin_room=ROOM, origin_id=question, to=TaskState.WITHDRAWN)
    await tell_expert(held, UNANSWERED, key=f"{question} unanswered")


async def tell_expert(held: Held, message: str, *, key: str) -> None:
    """A notice to whoever has a request; `message` has places for {crop} and {number}."""
    if held.expert is None:
        return
    case = await case_facts(held.id)
    await push.notify(
        to=held.expert,
        text=push.text(message, crop=case.crop_zh, number=numbers.grouped(case.number)),
        category=Category.SERVICE,
        dedupe_key=f"diagnosis question {key}",
        link=f"/console/clinic/{held.id}",
        origin_room=ROOM,
        origin_id=held.id,
    )


async def _must_see(request_id: UUID, by: Actor) -> None:
    """Raises RequestUnknown (404)."""
    if not await sees(await reader(by), request_id):
        raise moving.unknown(request_id)
