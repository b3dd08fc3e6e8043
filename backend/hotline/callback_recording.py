"""Somebody was rung: what he said goes into his case, what was in vain is tried again at another hour.

Satisfied, the case is answered and evaluated; dissatisfied, it is reopened with fresh clocks, and a supervisor has it;
after the last try in vain he counts as unreachable.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from backend.cases import ending, holding, records
from backend.cases.holding import Held
from backend.cases.rules import ENDED, TOLD
from backend.cases.words import CaseState, Satisfaction
from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.hotline import call_queries
from backend.hotline import callback_queries as queries
from backend.hotline import callback_telling as telling
from backend.hotline.callback_policies import callback_policy
from backend.hotline.callback_queries import Row
from backend.hotline.callback_refusals import CallbackClosed, NotYourCallback
from backend.hotline.callback_rules import next_try, parts_tried
from backend.hotline.callback_schemas import CallbackRecord, NewCallbackTry
from backend.hotline.callback_words import CallbackResult
from backend.hotline.callbacks import may_ring, record, seen
from backend.hotline.words import CallbackReason, CallbackState, Supervised
from backend.people.actors import Actor
from backend.push.wording import said
from backend.tasks.tables import TaskState

_AHEAD = timedelta(minutes=5)  # a phone's clock may be ahead of ours

TOLD_ON_THE_PHONE = Term("Told on the telephone when we rang back.")


@transaction
async def record_callback(*, callback_id: UUID, id: UUID, new: NewCallbackTry, by: Actor) -> Outcome[CallbackRecord]:
    """A try, and what came of it. Late is welcome: `at` says when it was. In vain, only one try of each part of the
    day counts, and none at night.

    Raises CallbackUnknown, CaseUnknown (404), NotYourCallback (403), CallbackClosed, DifferentArguments (409), Invalid
    (400).
    """
    row = await seen(callback_id, by=by, lock=True)
    facts = [callback_id, by.person_id, new.reached, new.result, new.words, new.at]
    asked = facts if new.case_id is None else [*facts, new.case_id]
    if (known := await queries.try_of(id)) is not None:
        if known["callback"] != callback_id or not creates.same(known["arguments_digest"], asked):
            raise DifferentArguments("Try {id} was recorded before with other content; it stays.", id=str(id))
        return Outcome(record(row), created=False)
    if not may_ring(row, by):
        raise NotYourCallback("This is for whoever was asked to ring, or for the desk of the place.")
    if row["state"] != CallbackState.OPEN:
        raise CallbackClosed("It is over; nobody has to be rung.", state=row["state"])
    at = new.at or clock.now()
    _check(new, row, at)
    stored = await queries.insert_try(
        {
            "id": id,
            "callback": callback_id,
            "at": at,
            "recorded_at": clock.now(),
            "reached": new.reached,
            "by": by.person_id,
            "arguments_digest": creates.digest(asked),
        }
    )
    if not stored:
        raise DifferentArguments("Try {id} was recorded before with other content; it stays.", id=str(id))
    await (_reached(row, new, try_id=id, by=by) if new.reached else _in_vain(row, at, try_id=id, by=by))
    if new.reached and new.case_id is not None:
        await _became(row, new.case_id, by=by)
    return Outcome(record(await seen(callback_id, by=by)), created=True)


def _check(new: NewCallbackTry, row: Row, at: datetime) -> None:
    """Raises Invalid (400)."""
    wrong = []
    if at > clock.now() + _AHEAD or at < row["opened_at"]:
        detail = "A try lies between {opened_at} and now."
        wrong.append(FieldError(pointer="/at", detail=detail, code="range", facts={"opened_at": row["opened_at"]}))
    if new.reached != (new.result is not None):
        detail = "Say what he said where he was reached, and nothing where he was not."
        wrong.append(FieldError(pointer="/result", detail=detail, code="required"))
    if row["reason"] != CallbackReason.RESOLUTION and new.result not in (None, CallbackResult.SPOKEN):
        detail = "Nothing was resolved: say spoken, once you have talked."
        wrong.append(FieldError(pointer="/result", detail=detail, code="not-one-of"))
    if new.result is CallbackResult.DISSATISFIED and not new.words.strip():
        wrong.append(FieldError(pointer="/words", detail="Write what he said: the unit has to read it.", code="needed"))
    if new.case_id is not None and not (new.reached and row["reason"] == CallbackReason.MISSED_CALL):
        detail = "A case is named only where a call was missed and its caller was reached."
        wrong.append(FieldError(pointer="/case_id", detail=detail, code="not-here"))
    if wrong:
        raise Invalid(errors=wrong)


async def _reached(row: Row, new: NewCallbackTry, *, try_id: UUID, by: Actor) -> None:
    columns: dict[str, Any] = {"remark": new.words.strip() or None}
    if new.result in _SATISFACTION:
        columns["satisfaction"] = _SATISFACTION[new.result].value
    if new.result is CallbackResult.DISSATISFIED and row["supervised"] is None:
        columns["supervised"] = Supervised.DISSATISFIED.value
    await _close(row, CallbackState.REACHED, columns, by=by)
    if row["reason"] != CallbackReason.RESOLUTION:
        return
    case = await _case(row)
    if new.result is CallbackResult.DISSATISFIED:
        await _again(row, case, new, try_id=try_id, by=by)
    else:
        await _settled(row, case, new, try_id=try_id, by=by)


async def _became(row: Row, case_id: UUID, *, by: Actor) -> None:
    """The call that was missed became this case. The callback's own case is the one whose end is asked about."""
    await records.get_case(case_id=case_id, by=by)
    if row["call_id"] is not None:
        await call_queries.change(row["call_id"], {"case": case_id})


_SATISFACTION = {
    CallbackResult.SATISFIED: Satisfaction.SATISFIED,
    CallbackResult.DISSATISFIED: Satisfaction.DISSATISFIED,
}


async def _case(row: Row) -> Held:
    """The case while the resolution holds that is asked about. Raises CallbackClosed (409)."""
    case = await holding.hold(row["case_id"])
    if case.reopened_n != row["round"] or case.state not in ENDED | TOLD:
        raise CallbackClosed("The case has moved on meanwhile: it is {state}.", state=Term(case.state))
    return case


async def _again(row: Row, case: Held, new: NewCallbackTry, *, try_id: UUID, by: Actor) -> None:
    await ending.reopen(case_id=case.id, id=uuid5(try_id, "reopened"), reason=new.words, by=by)
    await telling.ask_supervisor(row, telling.FOLLOW[Supervised.DISSATISFIED], by=by)
    await telling.tell_citizen(row, telling.AGAIN, key="after")


async def _settled(row: Row, case: Held, new: NewCallbackTry, *, try_id: UUID, by: Actor) -> None:
    if case.state in ENDED:
        words = said("zh", TOLD_ON_THE_PHONE)
        await ending.answer(case_id=case.id, id=uuid5(try_id, "answered"), remark=words, by=by)
    if new.result is CallbackResult.SATISFIED and case.state != CaseState.EVALUATED:
        await _evaluate(case, Satisfaction.SATISFIED, new.words, try_id=try_id, by=by)
    if new.result is CallbackResult.SATISFIED:
        await telling.tell_citizen(row, telling.THANKS, key="after")


async def _evaluate(case: Held, satisfaction: Satisfaction, words: str, *, try_id: UUID, by: Actor) -> None:
    step_id = uuid5(try_id, "evaluated")
    await ending.evaluate(case_id=case.id, id=step_id, satisfaction=satisfaction, remark=words, by=by)


async def _in_vain(row: Row, at: datetime, *, try_id: UUID, by: Actor) -> None:
    policy = callback_policy(clock.today())
    times = [each["at"] for each in await queries.tries(row["id"]) if not each["reached"]]
    resolution = row["reason"] == CallbackReason.RESOLUTION
    tried = parts_tried(times, policy)
    count = len(tried) if resolution else len(times)
    if count >= policy.tries:
        await _unreachable(row, count, try_id=try_id, by=by)
        return
    if resolution:
        due_at = next_try(max(at, clock.now()) + policy.apart, tried=tried, policy=policy)
    else:
        due_at = clock.now() + policy.missed_again[min(count, len(policy.missed_again)) - 1]
    await _try_later(row, count, due_at)


async def _try_later(row: Row, count: int, due_at: datetime) -> None:
    to = await telling.whose_next(row, at=due_at) or row["assignee_id"]
    await queries.change(row["id"], {"tries_n": count, "due_at": due_at, "assignee": to})
    if to is not None:
        await telling.ask_to_ring({**row, "due_at": due_at}, to=to)


async def _unreachable(row: Row, count: int, *, try_id: UUID, by: Actor) -> None:
    """He counts as unreachable. His case is evaluated so only where he was told how it ended before."""
    columns: dict[str, Any] = {"tries_n": count}
    if row["reason"] == CallbackReason.RESOLUTION:
        columns["satisfaction"] = Satisfaction.UNREACHABLE.value
    await _close(row, CallbackState.UNREACHABLE, columns, by=by)
    if row["reason"] != CallbackReason.RESOLUTION:
        return
    case = await _case(row)
    if case.state == CaseState.ANSWERED:
        await _evaluate(case, Satisfaction.UNREACHABLE, "", try_id=try_id, by=by)
    if row["supervised"] is not None:
        await telling.ask_supervisor(row, telling.NOT_REACHED, by=by)
    await telling.tell_citizen(row, telling.IN_VAIN, key="after")


async def _close(row: Row, state: CallbackState, columns: Mapping[str, Any], *, by: Actor) -> None:
    closed = {"state": state.value, "closed_at": clock.now(), "closed_by": by.person_id}
    await queries.change(row["id"], {**closed, **columns})
    await telling.let_go(row["id"], to=TaskState.DONE, by=by)
