"""What an exchange tells of a call comes in: signed, in any order, as often as it likes; one call by its reference."""

from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock, creates, ids, malformed
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.post_signatures import PostHeaders
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.hotline import call_numbers, call_queries, line_posts, missed_calls
from backend.hotline.call_queries import Row
from backend.hotline.call_refusals import LinePostAgain
from backend.hotline.call_rules import ODD, Told, after, is_odd
from backend.hotline.call_schemas import CallReceipt, PostedCall
from backend.hotline.systems import KnownSystem
from backend.hotline.words import CallState, SystemKind

_TOLD = Told.__struct_fields__


async def log_call(*, system_id: UUID, headers: PostHeaders, body: bytes) -> Outcome[CallReceipt]:
    """Take in a signed post of an exchange: the call as it is after it.

    headers  of the Standard Webhooks scheme (`post_signatures`)
    body     a PostedCall as JSON, exactly as it was signed; kept nowhere

    Raises LinePostNotSigned (401), Invalid (400), LinePostAgain, DifferentArguments (409).
    """
    system = await line_posts.sender(system_id, kind=SystemKind.PHONE, headers=headers, body=body)
    return await _take_in(system, headers.message_id, _decoded(body))


def _decoded(body: bytes) -> PostedCall:
    """Raises Invalid (400), which names the field and never its value."""
    try:
        posted = msgspec.json.decode(body, type=PostedCall)
    except msgspec.ValidationError as error:
        raise Invalid("The post has mistakes; nothing was kept.", errors=[malformed.of_body(error)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid("The post is no JSON.") from None
    if code := is_odd(posted.at, now=clock.now()):
        wrong = FieldError(pointer="/at", detail=ODD[code], code=code)
        raise Invalid("The post has mistakes; nothing was kept.", errors=[wrong])
    return posted


@transaction
async def _take_in(system: KnownSystem, message_id: str, posted: PostedCall) -> Outcome[CallReceipt]:
    """A repeat is not sorted out by its message id: to tell the same twice changes nothing, and an exchange that gives
    all posts of a call one id loses none of them."""
    reference = posted.reference.strip()
    await call_numbers.hold_reference(f"{system.id}\n{reference}")
    seen = await line_posts.came_before(system.id, message_id)
    stored = await call_queries.by_reference(system.id, reference)
    if stored is None and seen:
        raise LinePostAgain(
            "Message {id} came before with another reference. Give each message its own id.", id=message_id
        )
    number = call_numbers.sealed(posted.caller)
    receipt = await (_changed(stored, posted, number) if stored else _begun(system, reference, posted, number))
    return Outcome(receipt, created=stored is None)


async def _begun(
    system: KnownSystem, reference: str, posted: PostedCall, number: dict[str, bytes | None]
) -> CallReceipt:
    call_id, told, received_at = ids.uuid7(), after(None, posted.event, posted.at), clock.now()
    await call_queries.insert(
        {
            "id": call_id,
            "system": system.id,
            "reference": reference,
            "direction": posted.direction.value,
            "unit": system.unit_id,
            "division_code": system.division_code,
            "received_at": received_at,
            "operator": await _operator(posted, system.unit_id),
            "arguments_digest": creates.digest([system.id, reference]),
            **number,
            **_columns(told),
        }
    )
    if told.state is not CallState.RINGING:
        await missed_calls.follow(call_id)
    return CallReceipt(id=call_id, state=told.state, received_at=received_at)


async def _changed(stored: Row, posted: PostedCall, number: dict[str, bytes | None]) -> CallReceipt:
    """Raises DifferentArguments (409) where the reference stands for another caller, or the other direction."""
    known, call_id = stored["caller_index"], stored["id"]
    another = known is not None and number["caller_index"] not in (None, known)
    if another or posted.direction != stored["direction"]:
        raise DifferentArguments("Reference {reference} is another call's; it stays.", reference=posted.reference)
    before = Told(**{name: stored[name] for name in _TOLD if name != "state"}, state=CallState(stored["state"]))
    told = after(before, posted.event, posted.at)
    changes: dict[str, Any] = _columns(told) if told != before else {}
    if known is None and number["caller_index"] is not None:
        changes |= number
    if stored["operator_id"] is None and (operator := await _operator(posted, stored["unit_id"])):
        changes["operator"] = operator
    await call_queries.change(call_id, changes)
    if _has_consequences(before, told) or "caller_index" in changes:
        await missed_calls.follow(call_id)
    return CallReceipt(id=call_id, state=told.state, received_at=stored["received_at"])


def _has_consequences(before: Told, told: Told) -> bool:
    """It is answered now, or it ended and was not. A quarter of the posts: the others save three statements."""
    if told.answered_at is not None:
        return before.answered_at is None
    return told.state is not CallState.RINGING and told.state is not before.state


def _columns(told: Told) -> dict[str, Any]:
    return {name: getattr(told, name) for name in _TOLD} | {"state": told.state.value}


async def _operator(posted: PostedCall, unit_id: UUID) -> UUID | None:
    """Who took it, where the exchange knows; a call is not lost for a name nobody has here."""
    if posted.operator_id is None:
        return None
    return await call_queries.operator_of(posted.operator_id, unit_id)
