"""What became of a call: a code, and with it the answer on the spot or the case that it became."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from backend.cases import records
from backend.core import clock
from backend.core.database import transaction
from backend.core.refusals import FieldError, Invalid
from backend.hotline import call_queries, call_reading, emergency_words
from backend.hotline.call_queries import Row
from backend.hotline.call_refusals import CallTaken, CallWrappedUp
from backend.hotline.call_schemas import CallDetail, WrapUp
from backend.hotline.words import CallDirection, CallState
from backend.hotline.wrap_up_codes import wrap_up_codes
from backend.people.actors import Actor
from backend.people.tables import Role


@transaction
async def wrap_up_call(*, call_id: UUID, said: WrapUp, by: Actor, request_id: str) -> CallDetail:
    """Say what became of a call. The same again changes nothing. A typed call that still runs ends with it.

    By the operator who has it; one that nobody took is one's own with it. Raises Forbidden (403), CallUnknown,
    CaseUnknown (404), CallTaken, CallWrappedUp (409), Invalid (400).
    """
    by.must_have(Role.OPERATOR)
    call = await call_reading.seen(call_id, by=by, lock=True)
    if call["operator_id"] not in (None, by.person_id):
        raise CallTaken("{name} has this call.", name=call["operator_name"])
    if call["state"] == CallState.MISSED and call["direction"] == CallDirection.IN:
        raise CallTaken("Nobody took it in time. Ring back and record the callback.")
    answer = (said.answer or "").strip() or None
    say_first = emergency_words.found_in(f"{said.said or ''} {answer or ''}")
    if call["wrap_up"] is None:
        _check(said, answer, CallDirection(call["direction"]))
        if said.case_id is not None:
            await records.get_case(case_id=said.case_id, by=by)
        await call_queries.change(call_id, _columns(call, said, answer, by) | _flag(call, say_first is not None))
    elif (call["wrap_up"], call["answer"], call["case_id"]) != (said.code, answer, said.case_id):
        raise CallWrappedUp("It was wrapped up as {code}; that stays.", code=call["wrap_up"])
    detail = await call_reading.get_call(call_id=call_id, by=by, request_id=request_id)
    return replace(detail, say_first=say_first)


def _check(said: WrapUp, answer: str | None, direction: CallDirection) -> None:
    """Raises Invalid (400)."""
    code = wrap_up_codes().get(said.code)
    if code is None or direction not in code.directions:
        wrong = FieldError(pointer="/code", detail="Take a code of the list for this direction.", code="unknown")
        raise Invalid(errors=[wrong])
    if code.needs == "answer" and answer is None:
        raise Invalid(errors=[FieldError(pointer="/answer", detail="Write what was answered.", code="missing")])
    if code.needs == "case" and said.case_id is None:
        raise Invalid(errors=[FieldError(pointer="/case_id", detail="Name the case it became.", code="missing")])


def _columns(call: Row, said: WrapUp, answer: str | None, by: Actor) -> dict[str, Any]:
    at = clock.now()
    columns = {
        "wrap_up": said.code,
        "wrapped_up_at": at,
        "answer": answer,
        "case": said.case_id,
        "operator": by.person_id,
    }
    if call["system_id"] is None and call["state"] == CallState.TALKING:
        columns |= {"state": CallState.ENDED.value, "ended_at": max(at, call["answered_at"])}
    return columns


def _flag(call: Row, emergency: bool) -> dict[str, bool]:
    return {"emergency": True} if emergency and not call["emergency"] else {}
