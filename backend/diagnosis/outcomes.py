"""What became of the crop: asked after the follow-up date, said by the farmer or for him. His figures are his own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from asyncpg import UniqueViolationError

from backend.cases.numbers import grouped
from backend.core import arrivals, clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.jobs import schedule
from backend.core.refusals import DifferentArguments
from backend.core.words import Term
from backend.diagnosis import answer_queries as queries
from backend.diagnosis import desks, farmer_notices, moving
from backend.diagnosis.answer_queries import CaseFacts, case_facts
from backend.diagnosis.answer_refusals import NotAnswered
from backend.diagnosis.answer_schemas import NewOutcome, OutcomeRecord
from backend.diagnosis.refusals import NotYours
from backend.diagnosis.visibility import reader, sees
from backend.diagnosis.words import RequestState
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "diagnosis"
BATCH = 500

DID_IT_HELP = Term("Did the advice about your crop help? Receipt {number}: tell us in one tap.")
ASK = Term("Ask the farmer how it is now: {crop}, receipt {number}. Better, the same, or worse?")


@transaction
async def record_outcome(
    *, request_id: UUID, new: NewOutcome, by: Actor | None, at: datetime | None = None
) -> Outcome[OutcomeRecord]:
    """Write down what became of it. Said again under another id, the newest counts: what was said last.

    by   None: the farmer, whose receipt the caller has checked; else staff who see the request, for him
    at   when he said it, where that was written down offline

    Area and money are what the farmer declares; nobody measured them, and the record says so.

    Raises RequestUnknown (404), NotYours (403), NotAnswered, DifferentArguments (409).
    """
    now = clock.now()
    id = new.id or ids.uuid7(now)
    told = [request_id, by.person_id if by else None, _spoken(new)]
    held = await moving.hold_with_case(request_id)
    stored = await fetch_row("SELECT * FROM diagnosis_outcome WHERE id = $1", id)
    if stored is not None and _is_the_same(stored["arguments_digest"], told, new):
        return Outcome(queries.outcome_record(stored), created=False)
    if by is not None:
        await _must_see(request_id, by)
    if stored is not None:
        raise _another(id)
    answer = await queries.first_of(request_id)
    if held.state is not RequestState.ANSWERED and answer is None:
        raise NotAnswered("There is no answer yet, so nothing can have come of it.")
    said_at = arrivals.done_at(at, since=answer["given_at"] if answer else held.state_since, now=now)
    columns = _said(new) | {"id": id, "request": request_id, "at": said_at, "arguments_digest": creates.digest(told)}
    await _insert(columns | {"reported_by": by.person_id if by else None})
    await tasks.settle(origin_room=ROOM, origin_id=asking_id(request_id), to=_to(by), by=by)
    await moving.change(held, outcome_asked_at=now)
    written = await fetch_row("SELECT * FROM diagnosis_outcome WHERE id = $1", id)
    assert written is not None  # noqa: S101 - just written
    return Outcome(queries.outcome_record(written), created=True)


def _spoken(new: NewOutcome) -> dict[str, Any]:
    return {name: each for name, each in _said(new).items() if each is not None}


def _is_the_same(kept: bytes, told: list[Any], new: NewOutcome) -> bool:
    """Until 2026-11-23 what he did not say stood there, too; that goes when `creates.former_digest` goes."""
    return creates.same(kept, told) or kept == creates.former_digest([*told[:2], _said(new)])


def _to(by: Actor | None) -> TaskState:
    """Whoever asked him has done his task; where he said it himself, nobody has to ask any more."""
    return TaskState.DONE if by else TaskState.WITHDRAWN


def _said(new: NewOutcome) -> dict[str, Any]:
    return {
        "result": new.result.value,
        "area_mu": new.area_mu,
        "value_saved_yuan": new.value_saved_yuan,
        "value_method": (new.value_method or "").strip() or None,
        "words": new.words.strip() or None,
    }


async def _must_see(request_id: UUID, by: Actor) -> None:
    if not await sees(await reader(by), request_id):
        raise moving.unknown(request_id)
    if await queries.blind_in([request_id], by=by):
        raise NotYours("You are asked for a blind second opinion: give it first.")
    if not by.has(*(role for role in Role if role is not Role.AUDITOR)):
        raise NotYours("Auditors read; somebody who speaks with the farmer writes down what became of it.")


async def _insert(columns: dict[str, Any]) -> None:
    places = ", ".join(f"${i}" for i in range(1, len(columns) + 1))
    try:
        await fetch(f"INSERT INTO diagnosis_outcome ({', '.join(columns)}) VALUES ({places})", *columns.values())
    except UniqueViolationError as error:
        raise _another(columns["id"]) from error


def _another(id: UUID) -> DifferentArguments:
    return DifferentArguments("Outcome {id} was recorded before with other content; it stays.", id=str(id))


def asking_id(request_id: UUID) -> UUID:
    """What the tasks of asking for an outcome are about."""
    return uuid5(request_id, "what became of it")


@schedule("diagnosis/ask-outcomes", "*/10 8-19 * * *")
async def ask_due() -> None:
    """By day: ask where the follow-up day has come and nobody has said anything."""
    rows = await fetch(
        "SELECT id FROM diagnosis_request WHERE follow_up_on <= $1 AND outcome_asked_at IS NULL "
        "ORDER BY follow_up_on LIMIT $2",
        clock.today(),
        BATCH,
    )
    for row in rows:
        await ask(request_id=row["id"])


@transaction
async def ask(*, request_id: UUID) -> None:
    """Ask one farmer: on his page, and on his phone where he left its number; else somebody asks him. Once."""
    at, today = clock.now(), clock.today()
    held = await moving.hold_with_case(request_id)
    due = await fetch(
        "UPDATE diagnosis_request SET outcome_asked_at = $2 WHERE id = $1 AND outcome_asked_at IS NULL "
        "AND follow_up_on <= $3 AND state = 'answered' RETURNING id",
        request_id,
        at,
        today,
    )
    key = f"outcome {request_id} {held.follow_up_on}"
    if due and not await farmer_notices.tell(request_id=request_id, message=DID_IT_HELP, key=key):
        await _have_him_asked(await case_facts(request_id), on=today)


async def _have_him_asked(case: CaseFacts, *, on: date) -> None:
    """Whoever called has no page before him: the cadre who serves the household asks, else whoever took the call."""
    if not (case.household or (case.wants_call and case.has_contact)):
        return
    asked = await (desks.who_goes_there(case) if case.household else desks.whom_to_ask(case))
    if asked is None:
        return
    about = asking_id(case.id)
    task = NewTask(
        id=uuid5(about, on.isoformat()),
        kind=TaskKind.CALL,
        title_zh=said("zh", ASK, crop=case.crop_zh, number=grouped(case.number)),
        title_en=said("en", ASK, crop=case.crop_en, number=grouped(case.number)),
        assignee_id=asked.person_id,
        household_id=asked.household_id,
        urgency=Urgency.LOW,
        division_code=case.division_code,
        origin_room=ROOM,
        origin_id=about,
        link=f"/console/clinic/{case.id}",
    )
    await tasks.ask_many(tasks=[task])
