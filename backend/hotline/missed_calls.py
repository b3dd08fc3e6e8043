"""A missed call: somebody is asked to ring back, the caller is told by when, once, however often he tries meanwhile."""

from datetime import datetime
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.core.jobs import enqueue, job, schedule
from backend.core.words import Term
from backend.hotline import call_numbers, call_queries, callback_opening, missed_ringing
from backend.hotline.call_policies import Spans, spans
from backend.hotline.call_queries import Row
from backend.hotline.callback_opening import ROOM, NewCallback
from backend.hotline.words import CallbackReason, CallDirection, CallState
from backend.push import actions as push
from backend.push.addresses import reach_by_phone
from backend.push.provider import Category
from backend.tasks.tables import TaskState

SETTLE = "hotline/settle-unanswered"
CONSENT_TEXT = "hotline/he-rang-us/1"
"""What stands where others name the words they agreed to: he rang, and is written to about that call alone."""

WE_RING = Term("Sorry, we could not answer your call. We ring you back by {by}; you need not call again.")


async def follow(call_id: UUID) -> None:
    """Have a call's state its consequences, in the transaction that changed it and holds its row."""
    call = await call_queries.held(call_id)
    if call["direction"] != CallDirection.IN:
        return
    if call["state"] == CallState.MISSED:
        await _ring_back(call)
    elif call["answered_at"] is not None:
        await _reached(call)
    elif call["state"] == CallState.ENDED:
        await enqueue(SETTLE, call_id, after=spans().unanswered, dedupe=f"{SETTLE} {call_id}")


@job(SETTLE)
async def settle_one(call_id: UUID) -> None:
    """A call that ended, and that nobody is known to have answered, was missed."""
    await settle(call_id=call_id)


@schedule("hotline/settle-silent", "* * * * *")
async def settle_silent() -> None:
    """The same for all whose posts were lost: calls that seem to ring, or to talk, for ever."""
    at, chosen = clock.now(), spans()
    for call_id in await call_queries.silent(rings_since=at - chosen.ringing, ended_since=at - chosen.unanswered):
        await settle(call_id=call_id)
    await call_queries.end_forgotten(since=at - chosen.talking)


@transaction
async def settle(*, call_id: UUID) -> bool:
    """Count a call as missed if nobody answered it until now; whether it was."""
    call = await call_queries.call(call_id, lock=True)
    if call is None or call["answered_at"] is not None or call["direction"] != CallDirection.IN:
        return False
    if call["state"] not in (CallState.RINGING, CallState.ENDED):
        return False
    await call_queries.change(call_id, {"state": CallState.MISSED.value})
    await follow(call_id)
    return True


async def _ring_back(call: Row) -> None:
    """Open a callback, unless one waits for this caller, or he came through since."""
    if call["callback_id"] is not None or call["caller_index"] is None:
        return
    await call_numbers.hold(call["caller_index"])
    if await call_queries.open_callbacks(call["caller_index"], unit_id=call["unit_id"]):
        return
    if await call_queries.answered_since(call["caller_index"], unit_id=call["unit_id"], since=call["began_at"]):
        return
    at, chosen, id = clock.now(), spans(), ids.from_key(call["id"], "callback", "missed")
    to_tell = await _to_tell(call, chosen, at=at)
    new = NewCallback(
        id=id,
        reason=CallbackReason.MISSED_CALL,
        unit_id=call["unit_id"],
        division_code=call["division_code"],
        due_at=at,
        promised_by=at + chosen.ring_back,
        call_id=call["id"],
        told_at=at if to_tell else None,
    )
    if await callback_opening.open_callback(new) is None:
        return
    await missed_ringing.ring_on_later(id)
    if to_tell is not None:
        await _tell(call, to_tell, new, chosen, at=at)


async def _to_tell(call: Row, chosen: Spans, *, at: datetime) -> str | None:
    """The number to write to, if it takes texts and was not written to within the hour."""
    number = call_numbers.opened(call["caller_sealed"])
    if number is None or not call_numbers.takes_texts(number):
        return None
    told = await call_queries.told_since(call["caller_index"], since=at - chosen.one_text)
    return None if told else number


async def _tell(call: Row, number: str, new: NewCallback, chosen: Spans, *, at: datetime) -> None:
    """A text message to whoever rang; at night, too, where he rang just now and is awake."""
    to = await reach_by_phone(citizen_id=new.id, phone=number, opted_in_text=CONSENT_TEXT)
    await push.notify(
        to=to,
        text=push.text(WE_RING, public=True, by=f"{clock.local(new.promised_by or at):%H:%M}"),
        category=Category.SERVICE,
        dedupe_key=f"{ROOM} missed call {call['id']}",
        expires_at=new.promised_by,
        origin_room=ROOM,
        origin_id=call["id"],
        no_links=True,
        on_duty=at - call["began_at"] <= chosen.told_at_night,
    )


async def _reached(call: Row) -> None:
    """He came through: whoever was to ring him back about an earlier call, or about this one, need not."""
    own = [call["callback_id"]] if call["callback_state"] == "open" else []
    earlier = []
    if call["caller_index"] is not None:
        await call_numbers.hold(call["caller_index"])
        waiting = await call_queries.open_callbacks(call["caller_index"], unit_id=call["unit_id"])
        earlier = [each["id"] for each in waiting if each["began_at"] <= call["began_at"]]
    for callback_id in dict.fromkeys([*own, *earlier]):
        await fetch(
            "UPDATE hotline_callback SET state = 'moot', closed_at = $2 WHERE id = $1 AND state = 'open'",
            *(callback_id, clock.now()),
        )
        await callback_opening.let_go(callback_id, to=TaskState.WITHDRAWN)
