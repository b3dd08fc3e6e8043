"""Second opinions: another expert says what he sees, blind to what the first one said.

He reads the request, its photos and what was asked back; no answer, no outcome and no line of the case's timeline that
tells of one, until he has answered himself. The farmer is not told; a chief may correct, and that he is.
"""

from uuid import UUID, uuid5

from asyncpg import UniqueViolationError

from backend.cases import blindness
from backend.cases.numbers import grouped
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, savepoint, transaction
from backend.core.refusals import DifferentArguments
from backend.core.words import Term
from backend.diagnosis import answer_queries as queries
from backend.diagnosis import answer_storing, experts, moving, opinion_queries
from backend.diagnosis.answer_queries import CaseFacts, case_facts
from backend.diagnosis.answer_refusals import AskedBefore, NobodyAble, OnesOwnAnswer, OpinionGiven, OpinionUnknown
from backend.diagnosis.answer_schemas import AnswerRecord, NewAnswer, NewSecondOpinion, SecondOpinionRecord
from backend.diagnosis.moving import Held
from backend.diagnosis.refusals import NotYours
from backend.diagnosis.visibility import reader, sees
from backend.diagnosis.words import AnswerKind, RequestState
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind

ROOM = "diagnosis"

PLEASE = Term("Your opinion is asked for: {crop}, receipt {number}. You do not see what others said, on purpose.")


@transaction
async def request_second_opinion(*, request_id: UUID, new: NewSecondOpinion, by: Actor) -> Outcome[SecondOpinionRecord]:
    """Ask another expert, the best able one unless told whom; each is asked once about a request.

    by   whoever has the request or answered it, the studio's chief, a supervisor or admin of the place

    Raises RequestUnknown (404), NotYours (403), NotNow, NobodyAble, AskedBefore, OnesOwnAnswer, DifferentArguments
    (409).
    """
    id = new.id or ids.uuid7()
    held = await moving.hold_with_case(request_id)
    reading = await reader(by)
    if not await sees(reading, request_id):
        raise moving.unknown(request_id)
    if held.expert != by.person_id and not reading.is_chief_of(held.studio, held.division_code):
        raise NotYours("A second opinion is asked for by whoever has the request, or by the chief expert.")
    if (stored := await opinion_queries.opinion(id)) is not None:
        return _again(stored, request_id=request_id, new=new, by=by)
    moving.must_be(held, RequestState.CLAIMED, RequestState.ASKED, RequestState.ANSWERED)
    expert_id = await _whom(held, new.expert_id)
    await _store(id, held, expert_id, reason=new.reason.strip(), by=by)
    await blindness.begin(case_id=request_id, person_id=expert_id)
    await _ask(id, await case_facts(request_id), expert_id, by=by)
    return Outcome(await _read(id), created=True)


def _again(stored: queries.Row, *, request_id: UUID, new: NewSecondOpinion, by: Actor) -> Outcome[SecondOpinionRecord]:
    told = (stored["request"], stored["asked_by"], stored["reason"], new.expert_id or stored["expert"])
    if told != (request_id, by.person_id, new.reason.strip(), stored["expert"]):
        raise DifferentArguments("Second opinion {id} was asked for with other content; it stays.", id=str(new.id))
    return Outcome(opinion_queries.opinion_record(stored), created=False)


async def _whom(held: Held, wished: UUID | None) -> UUID:
    """The expert who is asked. Raises NobodyAble, AskedBefore, OnesOwnAnswer (409)."""
    asked = {opinion.expert.id for opinion in await opinion_queries.opinions_of(held.id)}
    own = {held.expert, *await opinion_queries.who_answered(held.id)}
    if wished is None:
        able = [each for each in await experts.able(held.id) if each not in asked | own]
        if not able:
            raise NobodyAble("Nobody else is able for this crop in this place. Name somebody, or ask another studio.")
        return (await opinion_queries.least_asked(able, studio=held.studio))[0]
    if wished in own:
        raise OnesOwnAnswer("Whoever has the request or answered it cannot judge it blind. Name somebody else.")
    if wished in asked:
        raise AskedBefore("That expert was asked about this request before. Name somebody else.")
    if not await opinion_queries.is_expert(wished, on=clock.today()):
        raise NobodyAble("The person you named is no expert today. Take one of the list of experts.")
    return wished


async def _store(id: UUID, held: Held, expert_id: UUID, *, reason: str, by: Actor) -> None:
    try:
        async with savepoint():
            await fetch(
                "INSERT INTO diagnosis_second_opinion (id, request, asked_by, asked_at, reason, expert) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                *(id, held.id, by.person_id, clock.now(), reason, expert_id),
            )
    except UniqueViolationError as error:
        raise AskedBefore("That expert was asked about this request before. Name somebody else.") from error


async def _ask(id: UUID, case: CaseFacts, expert_id: UUID, *, by: Actor) -> None:
    link = f"/console/clinic/{case.id}"
    facts = {"zh": {"crop": case.crop_zh}, "en": {"crop": case.crop_en}}
    titles = {language: said(language, PLEASE, number=grouped(case.number), **each) for language, each in facts.items()}
    task = NewTask(
        id=uuid5(id, "task"),
        kind=TaskKind.OTHER,
        title_zh=titles["zh"],
        title_en=titles["en"],
        assignee_id=expert_id,
        division_code=case.division_code,
        origin_room=ROOM,
        origin_id=id,
        link=link,
        asked_by=by.person_id,
    )
    await tasks.ask_many(tasks=[task])
    await push.notify(
        to=expert_id,
        text=push.Text(zh=titles["zh"], en=titles["en"]),
        category=Category.SERVICE,
        dedupe_key=f"diagnosis second opinion {id}",
        link=link,
        origin_room=ROOM,
        origin_id=case.id,
    )


@transaction
async def give_second_opinion(
    *, request_id: UUID, new: NewAnswer, by: Actor, opinion_id: UUID | None = None
) -> Outcome[AnswerRecord]:
    """Say what one sees, as the expert who was asked. The same bans and rules hold as for an answer.

    It is compared with the newest first answer there is, or with the one that comes afterwards; never with a chief's
    correction, who has read what he corrects.

    Raises OpinionUnknown (404), OpinionGiven, NotNow (409), and what answering raises.
    """
    answer = answer_storing.saying(AnswerKind.SECOND, request_id=request_id, new=new, by=by)
    held = await moving.hold_with_case(request_id)
    if again := await answer_storing.said_before(answer):
        return again
    asked = await opinion_queries.opinion_with(request_id, by.person_id)
    if asked is None or (opinion_id is not None and asked["id"] != opinion_id):
        raise OpinionUnknown("Nobody asked you for a second opinion {id}.", id=str(opinion_id or request_id))
    if asked["answered_at"] is not None:
        raise OpinionGiven("You have given your second opinion; it stays as it is.")
    if held.state is RequestState.ENDED:
        raise moving.not_now(held.state)
    written = await answer_storing.store(answer, held)
    first_id = await queries.experts_first(request_id)
    await opinion_queries.answer_opinion(asked["id"], answer_id=written.id, first_id=first_id, at=answer.at)
    await blindness.end(case_id=request_id, person_id=by.person_id)
    await tasks.settle(origin_room=ROOM, origin_id=asked["id"], by=by)
    return Outcome(written, created=True)


async def list_second_opinions(*, request_id: UUID, by: Actor) -> list[SecondOpinionRecord]:
    """Who was asked, and whether he has answered. Raises RequestUnknown (404)."""
    if not await sees(await reader(by), request_id):
        raise moving.unknown(request_id)
    return await opinion_queries.opinions_of(request_id)


async def _read(id: UUID) -> SecondOpinionRecord:
    row = await opinion_queries.opinion(id)
    assert row is not None  # noqa: S101 - just written
    return opinion_queries.opinion_record(row)
