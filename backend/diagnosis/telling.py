"""Until the farmer has heard it: his own page and phone; or somebody rings, reads it to him, and ticks that it is done.

A ticked task counts the same as `tell`: tasks lie below and call nobody, so a minute's round reads how they stand.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from backend.cases.numbers import grouped
from backend.cases.reading import person
from backend.cases.rules import ENDED
from backend.cases.steps import take
from backend.core import arrivals, clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.jobs import schedule
from backend.core.words import Term
from backend.diagnosis import desks, farmer_notices, moving
from backend.diagnosis.answer_queries import CaseFacts, case_facts, first_of
from backend.diagnosis.answer_refusals import NotAnswered
from backend.diagnosis.answer_schemas import AnswerRecord, NewTelling, ToldRecord
from backend.diagnosis.desks import Asked
from backend.diagnosis.moving import Held
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.refusals import NotYours
from backend.diagnosis.telling_rules import Decision, Next, call_id, decide, visit_id
from backend.diagnosis.visibility import reader, sees
from backend.diagnosis.words import RequestState, ToldHow
from backend.people.actors import Actor
from backend.people.refusals import PersonUnknown
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.queries import states_of
from backend.tasks.schemas import NewTask, TaskStanding
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "diagnosis"
BATCH = 500
GIVEN_UP_AFTER = timedelta(days=30)
"""An answer that nobody could tell stays on the farmer's page, and whoever comes to the desk is told."""

RING = Term("Ring the farmer and read the answer to him: {crop}, receipt {number}. Then tick this.")
RING_HELP = Term("Nobody answers? Decline it with that reason: it comes again another hour.")
GO_THERE = Term("Nobody answered the telephone. Read the answer at the farmer's door: {crop}, receipt {number}.")


async def tell_at_once(answer: AnswerRecord, case: CaseFacts, message: str, *, by: Actor) -> None:
    """He reads his page himself: the case is answered, and where he left a number he gets a text message."""
    await farmer_notices.tell(request_id=case.id, message=message, key=f"answer {answer.id}")
    await _was_told(answer.id, case, at=answer.given_at, how=ToldHow.HIS_PHONE, by=by, person_id=None)


async def ask_first(answer: AnswerRecord, case: CaseFacts) -> None:
    """Ask whoever took the call to ring him."""
    await _ring(answer.id, case, Decision(next=Next.RING, nth=1))


async def forget_older(request_id: UUID, *, but: UUID | None = None) -> None:
    """What was asked for older answers is not needed any more: there is a newer one, or the request has ended."""
    rows = await fetch(
        "SELECT id FROM diagnosis_answer WHERE request = $1 AND tells_farmer AND ($2::uuid IS NULL OR id <> $2)",
        request_id,
        but,
    )
    for row in rows:
        await tasks.settle(origin_room=ROOM, origin_id=row["id"], to=TaskState.WITHDRAWN)


@transaction
async def tell(*, request_id: UUID, new: NewTelling, by: Actor, at: datetime | None = None) -> Outcome[ToldRecord]:
    """He has heard it, from `by`: what was asked for it is done, and the case is answered.

    by   whoever was asked to ring him, the desk of the place or station, whoever opened it or has it, his cadre
    at   when he heard it, where that was written down offline; the case goes by when that came

    Raises RequestUnknown (404), NotYours (403), NotAnswered, DifferentArguments (409).
    """
    held = await moving.hold_with_case(request_id)
    answer = await first_of(request_id)
    if answer is None or not await was_asked(answer["id"], by):
        await _must_speak_with_him(held, by)
    if held.state is not RequestState.ANSWERED or answer is None:
        raise NotAnswered("There is no answer yet that could be told.")
    line = {"about": "told", "how": new.how.value, "remark": new.remark.strip()}
    taken = await take("noted", case_id=request_id, id=new.id or ids.uuid7(), by=by, said=line, by_rule=True, at=at)
    if held.told_at is not None or not taken.new:
        return Outcome(await told_record(request_id), created=False)
    case = await case_facts(request_id)
    told_at = arrivals.done_at(at, since=answer["given_at"], now=taken.at)
    await _was_told(answer["id"], case, at=told_at, how=new.how, by=by, person_id=by.person_id)
    await tasks.settle(origin_room=ROOM, origin_id=answer["id"], by=by)
    return Outcome(await told_record(request_id), created=True)


@transaction
async def heard(*, request_id: UUID) -> None:
    """The farmer has read it himself, on his receipt, which the caller has looked at: nobody needs to ring him. Twice
    is harmless.

    Raises RequestUnknown (404), NotAnswered (409).
    """
    held = await moving.hold_with_case(request_id)
    answer = await first_of(request_id)
    if held.state is not RequestState.ANSWERED or answer is None:
        raise NotAnswered("There is no answer yet that could be told.")
    if held.told_at is not None:
        return
    case = await case_facts(request_id)
    await _was_told(answer["id"], case, at=clock.now(), how=ToldHow.HIS_PHONE, by=None, person_id=None)
    await tasks.settle(origin_room=ROOM, origin_id=answer["id"], to=TaskState.WITHDRAWN)


async def was_asked(answer_id: UUID, by: Actor) -> bool:
    """Whether he was asked to ring him, or to go there."""
    held_by = {task.assignee_id or task.closed_by for task in await _standing(answer_id)}
    return by.person_id in held_by


async def _must_speak_with_him(held: Held, by: Actor) -> None:
    if not await sees(await reader(by), held.id):
        raise moving.unknown(held.id)
    if not by.has(*(role for role in Role if role is not Role.AUDITOR)):
        raise NotYours("Whoever takes calls for the place, or was asked to ring him, writes down that he was told.")


async def _standing(answer_id: UUID) -> list[TaskStanding]:
    return (await states_of(origin_room=ROOM, origin_ids=[answer_id]))[answer_id]


async def told_record(request_id: UUID) -> ToldRecord:
    """Whether he was told, when, by whom."""
    row = await fetch_row(
        "SELECT r.told_at, r.told_by, p.name FROM diagnosis_request r LEFT JOIN people_person p ON p.id = r.told_by "
        "WHERE r.id = $1",
        request_id,
    )
    facts = row or {"told_at": None, "told_by": None, "name": None}
    return ToldRecord(request_id=request_id, told_at=facts["told_at"], told_by=person(facts["told_by"], facts["name"]))


@schedule("diagnosis/tell-answers", "* * * * *")
async def go_on() -> None:
    """Every minute: ticked tasks count, calls in vain are asked for again another hour."""
    for row in await fetch(_UNTOLD, clock.now() - GIVEN_UP_AFTER, BATCH):
        await follow(request_id=row["id"])


_UNTOLD = """
SELECT r.id FROM diagnosis_request r
WHERE r.state = 'answered' AND r.told_at IS NULL AND r.answered_at > $1 AND NOT EXISTS (
    SELECT FROM diagnosis_answer a JOIN tasks_task t ON t.origin_room = 'diagnosis' AND t.origin_id = a.id
    WHERE a.request = r.id AND t.state IN ('open', 'acknowledged'))
ORDER BY r.answered_at LIMIT $2
"""
"""Answers that nobody has told, and that nobody has before him to tell: where a task waits there is nothing to do."""


@transaction
async def follow(*, request_id: UUID) -> None:
    """Look how the tasks about one answer stand, and do what comes next. Twice is harmless."""
    held = await moving.hold_with_case(request_id)
    answer = await first_of(request_id)
    if answer is None or held.state is not RequestState.ANSWERED or held.told_at is not None:
        return
    case, at = await case_facts(request_id), clock.now()
    next_step = decide(
        answer["id"], await _standing(answer["id"]), at=at, policy=diagnosis_policy(clock.local(at).date())
    )
    if next_step.next is Next.TOLD:
        by = await _actor(next_step.by)
        how = ToldHow.CALLED
        await _was_told(answer["id"], case, at=next_step.at or at, how=how, by=by, person_id=next_step.by)
        await tasks.settle(origin_room=ROOM, origin_id=answer["id"], to=TaskState.WITHDRAWN)
    elif next_step.next is Next.RING:
        await _ring(answer["id"], case, next_step)
    elif next_step.next is Next.GO_THERE:
        await _send_there(answer["id"], case)


async def _actor(person_id: UUID | None) -> Actor | None:
    """Whoever ticked it; None where his account is closed since."""
    try:
        return await actor(person_id=person_id) if person_id else None
    except PersonUnknown:
        return None


async def _was_told(
    answer_id: UUID, case: CaseFacts, *, at: datetime, how: ToldHow, by: Actor | None, person_id: UUID | None
) -> None:
    """Write it on the request; where the case only waits for that, it is answered. A correction finds it so."""
    await fetch("UPDATE diagnosis_request SET told_at = $2, told_by = $3 WHERE id = $1", case.id, at, person_id)
    if case.state in ENDED:
        said_publicly = {"words": "", "how": how.value}
        id = uuid5(answer_id, "told")
        await take("answered", case_id=case.id, id=id, by=by, said=said_publicly, by_rule=True, at=at)


async def _ring(answer_id: UUID, case: CaseFacts, step: Decision) -> None:
    asked = await desks.whom_to_ask(case, but=step.but)
    if asked is not None:
        await _ask(call_id(answer_id, step.nth), answer_id, case, asked, RING, kind=TaskKind.CALL)


async def _send_there(answer_id: UUID, case: CaseFacts) -> None:
    asked = await desks.who_goes_there(case)
    if asked is not None:
        await _ask(visit_id(answer_id), answer_id, case, asked, GO_THERE, kind=TaskKind.VISIT)


async def _ask(id: UUID, answer_id: UUID, case: CaseFacts, asked: Asked, title: str, *, kind: TaskKind) -> None:
    number = grouped(case.number)
    task = NewTask(
        id=id,
        kind=kind,
        title_zh=said("zh", title, crop=case.crop_zh, number=number),
        title_en=said("en", title, crop=case.crop_en, number=number),
        detail_zh=said("zh", RING_HELP) if kind is TaskKind.CALL else "",
        detail_en=said("en", RING_HELP) if kind is TaskKind.CALL else "",
        assignee_id=asked.person_id,
        household_id=asked.household_id,
        urgency=Urgency.HIGH if case.urgent else Urgency.NORMAL,
        division_code=case.division_code,
        origin_room=ROOM,
        origin_id=answer_id,
        link=f"/console/clinic/{case.id}/telling",
    )
    await tasks.ask_many(tasks=[task])
