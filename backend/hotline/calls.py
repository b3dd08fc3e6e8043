"""What an operator does with a call: type it in, take it."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.hotline import call_numbers, call_queries, call_reading, emergency_words, missed_calls
from backend.hotline.call_queries import Row
from backend.hotline.call_refusals import CallTaken, NotYourLine
from backend.hotline.call_rules import ODD, is_odd
from backend.hotline.call_schemas import CallDetail, CallTaking, NewTypedCall
from backend.hotline.words import CallState
from backend.people.actors import Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role
from backend.rosters.units import own_units


@transaction
async def enter_call(*, id: UUID, new: NewTypedCall, by: Actor, request_id: str) -> Outcome[CallDetail]:
    """Type in a call, at the desk of one's own unit or territory. The same id again gives it as it is now.

    Raises Forbidden, NotYourLine (403), UnitUnknown (404), DifferentArguments (409), Invalid (400).
    """
    by.must_have(Role.OPERATOR)
    code = await _desk(new.unit_id, by)
    _check(new)
    say_first = emergency_words.found_in(new.said)
    made = await call_queries.insert(_typed(id, new, code, by) | {"emergency": say_first is not None})
    stored = await call_queries.held(id)
    if not creates.same(stored["arguments_digest"], _asked(new, by)):
        raise DifferentArguments("Call {id} was entered before with other content; it stays.", id=str(id))
    if made:
        await missed_calls.follow(id)
    detail = await call_reading.get_call(call_id=id, by=by, request_id=request_id)
    return Outcome(replace(detail, say_first=say_first), created=made)


@transaction
async def take_call(*, call_id: UUID, said: CallTaking, by: Actor, request_id: str) -> CallDetail:
    """One talks to him: the call is one's own, his number and cases come with it. Twice is harmless.

    For operators of the call's desk or territory. Raises Forbidden (403), CallUnknown (404), CallTaken (409).
    """
    by.must_have(Role.OPERATOR)
    call = await call_reading.seen(call_id, by=by, lock=True)
    if call["operator_id"] not in (None, by.person_id):
        raise CallTaken("{name} has this call.", name=call["operator_name"])
    if call["state"] == CallState.MISSED:
        raise CallTaken("Nobody took it in time. Ring back and record the callback.")
    say_first = emergency_words.found_in(said.said)
    changes: dict[str, Any] = {"operator": by.person_id} if call["operator_id"] is None else {}
    if say_first is not None and not call["emergency"]:
        changes["emergency"] = True
    await call_queries.change(call_id, changes)
    detail = await call_reading.get_call(
        call_id=call_id, by=by, request_id=request_id, division_code=said.division_code
    )
    return replace(detail, say_first=say_first)


def _check(new: NewTypedCall) -> None:
    """Raises Invalid (400)."""
    wrong = [
        FieldError(pointer=f"/{name}", detail=ODD[code], code=code)
        for name in ("began_at", "answered_at", "ended_at")
        if (at := getattr(new, name)) is not None and (code := is_odd(at, now=clock.now()))
    ]
    moments = [each for each in (new.began_at, new.answered_at, new.ended_at) if each is not None]
    if moments != sorted(moments):
        wrong.append(FieldError(pointer="/ended_at", detail="A call begins, is answered and ends.", code="order"))
    if new.answered_at is None and new.ended_at is None:
        wrong.append(
            FieldError(pointer="/answered_at", detail="Say when it was answered, or when it ended.", code="missing")
        )
    if wrong:
        raise Invalid("The call has mistakes.", errors=wrong)


async def _desk(unit_id: UUID, by: Actor) -> str:
    """The code of the desk's division. Raises NotYourLine (403), UnitUnknown (404)."""
    row: Row | None = await fetch_row(
        "SELECT d.code FROM people_unit u JOIN territory_division d ON d.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )
    if row is None:
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    if unit_id not in own_units(by) and not visible_to(by, roles=(Role.OPERATOR,)).covers(row["code"]):
        raise NotYourLine("Division {code} lies outside your territory.", code=row["code"])
    return str(row["code"])


def _typed(id: UUID, new: NewTypedCall, code: str, by: Actor) -> dict[str, Any]:
    return {
        "id": id,
        "direction": new.direction.value,
        "unit": new.unit_id,
        "division_code": code,
        "state": _state(new).value,
        "began_at": new.began_at,
        "answered_at": new.answered_at,
        "ended_at": new.ended_at,
        "received_at": clock.now(),
        "operator": None if _state(new) is CallState.MISSED else by.person_id,
        "arguments_digest": creates.digest(_asked(new, by)),
        **call_numbers.sealed(new.caller),
    }


def _state(new: NewTypedCall) -> CallState:
    if new.answered_at is None:
        return CallState.MISSED
    return CallState.TALKING if new.ended_at is None else CallState.ENDED


def _asked(new: NewTypedCall, by: Actor) -> list[Any]:
    return [replace(new, id=None), by.person_id]
