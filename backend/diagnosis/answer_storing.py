"""An answer from its shape to its row: looked at, judged by the bans of the day, written once."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError
from msgspec import Struct
from msgspec.structs import replace

from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.diagnosis import answer_queries as queries
from backend.diagnosis import templates
from backend.diagnosis.advice_rules import check_bans, check_complete, warnings
from backend.diagnosis.answer_schemas import AnswerRecord, NewAnswer
from backend.diagnosis.moving import Held
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.words import AnswerKind
from backend.people.actors import Actor


class Saying(Struct, frozen=True, kw_only=True):
    """An answer that is about to be given, under the id it will have."""

    id: UUID
    kind: AnswerKind
    request_id: UUID
    new: NewAnswer
    by: Actor
    at: datetime

    @property
    def told(self) -> list[object]:
        """What the same again would say."""
        return [self.kind, self.request_id, self.by.person_id, replace(self.new, id=None)]


def saying(kind: AnswerKind, *, request_id: UUID, new: NewAnswer, by: Actor) -> Saying:
    """What somebody says, with an id."""
    at = clock.now()
    return Saying(id=new.id or ids.uuid7(at), kind=kind, request_id=request_id, new=new, by=by, at=at)


async def said_before(answer: Saying) -> Outcome[AnswerRecord] | None:
    """The answer that stands under this id, if it is this one. Raises DifferentArguments (409)."""
    stored = await queries.digest_of_answer(answer.id)
    if stored is None:
        return None
    if not creates.same(stored, answer.told):
        raise _another(answer.id)
    return Outcome(await read(answer.id), created=False)


async def store(answer: Saying, held: Held) -> AnswerRecord:
    """Judge it and write it.

    Bans are judged on the day of the answer and on the days of treatment that it plans, whatever today's list says of
    other days. Raises Invalid, AdviceIncomplete (400), PesticideBanned, DifferentArguments (409).
    """
    new, on = answer.new, clock.local(answer.at).date()
    await _check(new, held, on=on)
    bans = await templates.bans()
    check_bans(new.advice, bans, given_on=on, crop_code=held.crop)
    check_complete(new.advice)
    words = [new.diagnosis, *(each.words for each in new.differential)]
    warned = warnings(new.advice, bans, said=words, given_on=on, crop_code=held.crop)
    await _insert(_columns(answer, warned, follow_up_on=await follow_up_on(new, on=on)))
    return await read(answer.id)


async def _check(new: NewAnswer, held: Held, *, on: date) -> None:
    errors = [*await _unknown_codes(new, held, on=on), *_days(new, on=on)]
    if not new.diagnosis.strip():
        errors.append(FieldError(pointer="/diagnosis", detail="Say in words what the crop has.", code="empty"))
    if errors:
        raise Invalid("The answer has mistakes.", errors=errors)


async def _unknown_codes(new: NewAnswer, held: Held, *, on: date) -> list[FieldError]:
    coded = {"/condition_code": new.condition_code}
    coded |= {f"/differential/{i}/condition_code": each.condition_code for i, each in enumerate(new.differential)}
    errors = []
    for pointer, code in coded.items():
        found = await templates.condition(code, on=on) if code else None
        if code and (found is None or (found["crops"] and held.crop not in found["crops"])):
            detail = "Take a code of the list for this crop, or leave it out and say it in words."
            errors.append(FieldError(pointer=pointer, detail=detail, code="unknown"))
    if new.template_code and not await templates.template_exists(new.template_code):
        errors.append(FieldError(pointer="/template_code", detail="There is no such template.", code="unknown"))
    return errors


def _days(new: NewAnswer, *, on: date) -> list[FieldError]:
    errors = []
    if new.visit_by and not new.visit_proposed:
        errors.append(FieldError(pointer="/visit_by", detail="Propose a visit, or leave its day out."))
    if new.visit_by and new.visit_by < on:
        errors.append(FieldError(pointer="/visit_by", detail="This day is over; take today or later."))
    if new.advice.treat_on and new.advice.treat_on < on:
        errors.append(FieldError(pointer="/advice/treat_on", detail="This day is over; take today or later."))
    if new.follow_up_on and new.follow_up_on <= on:
        errors.append(FieldError(pointer="/follow_up_on", detail="Ask on a later day what became of it."))
    return errors


async def follow_up_on(new: NewAnswer, *, on: date) -> date:
    """When the farmer is asked what became of it: as told, else as the template says, else the policy."""
    if new.follow_up_on:
        return new.follow_up_on
    days = await templates.follow_up_after(new.template_code) if new.template_code else None
    return on + (days if days is not None else diagnosis_policy(on).follow_up_after)


def _columns(answer: Saying, warned: list[str], *, follow_up_on: date) -> dict[str, Any]:
    new, tells_farmer = answer.new, answer.kind is not AnswerKind.SECOND
    return {
        "id": answer.id,
        "request": answer.request_id,
        "expert": answer.by.person_id,
        "kind": answer.kind.value,
        "given_at": answer.at,
        "diagnosis": new.diagnosis.strip(),
        "condition": new.condition_code,
        "confidence": new.confidence.value,
        "differential": msgspec.json.encode(new.differential).decode(),
        "advice": msgspec.json.encode(new.advice).decode(),
        "warnings": warned,
        "knowledge_codes": new.knowledge_codes,
        "template": new.template_code,
        "visit_proposed": new.visit_proposed and tells_farmer,
        "visit_by": new.visit_by if tells_farmer else None,
        "follow_up_on": follow_up_on if tells_farmer else None,
        "tells_farmer": tells_farmer,
        "arguments_digest": creates.digest(answer.told),
    }


async def _insert(columns: dict[str, Any]) -> None:
    places = ", ".join(f"${i}" for i in range(1, len(columns) + 1))
    try:
        await fetch(f"INSERT INTO diagnosis_answer ({', '.join(columns)}) VALUES ({places})", *columns.values())
    except UniqueViolationError as error:
        raise _another(columns["id"]) from error


async def read(answer_id: UUID) -> AnswerRecord:
    """The answer that the caller has just seen or written."""
    record = await queries.answer(answer_id)
    assert record is not None  # noqa: S101 - answers are never deleted
    return record


def _another(answer_id: UUID) -> DifferentArguments:
    return DifferentArguments("Answer {id} was given before with other content; it stays.", id=str(answer_id))
