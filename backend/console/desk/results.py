"""What can be tapped after ringing somebody: each is one try, recorded once however often it is tapped."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from backend.console.typed import Incomplete, Typed, identity, shaped
from backend.hotline.callback_recording import record_callback
from backend.hotline.callback_schemas import NewCallbackTry
from backend.hotline.callback_words import CallbackResult
from backend.people.actors import Actor

MOST_WORDS = 500


async def satisfied(callback_id: UUID, form: Typed, by: Actor) -> None:
    """It helped."""
    await _spoke(callback_id, form, CallbackResult.SATISFIED, by)


async def dissatisfied(callback_id: UUID, form: Typed, by: Actor) -> None:
    """It did not; the unit reads his words."""
    await _spoke(callback_id, form, CallbackResult.DISSATISFIED, by)


async def spoken(callback_id: UUID, form: Typed, by: Actor) -> None:
    """He was reached, and nothing was asked or said of whether it helped."""
    await _spoke(callback_id, form, CallbackResult.SPOKEN, by)


async def in_vain(callback_id: UUID, form: Typed, by: Actor) -> None:
    """Nobody answered."""
    await _record(callback_id, form, NewCallbackTry(reached=False), by)


async def _spoke(callback_id: UUID, form: Typed, result: CallbackResult, by: Actor) -> None:
    words = form.get("words")
    if len(words) > MOST_WORDS:
        raise Incomplete("Up to {n} characters fit in. Make it shorter.", n=MOST_WORDS)
    await _record(callback_id, form, shaped(NewCallbackTry, reached=True, result=result, words=words), by)


async def _record(callback_id: UUID, form: Typed, new: NewCallbackTry, by: Actor) -> None:
    await record_callback(callback_id=callback_id, id=identity(form.get("id")), new=new, by=by)


STEPS: dict[str, Callable[[UUID, Typed, Actor], Awaitable[None]]] = {
    "satisfied": satisfied,
    "dissatisfied": dissatisfied,
    "spoken": spoken,
    "in-vain": in_vain,
}
"""By the last part of a form's address."""
