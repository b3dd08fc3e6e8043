"""Somebody who was rung back wants something: the case is opened by the form there is, and the try is written down."""

from uuid import UUID, uuid5

from msgspec import Struct

from backend.console.refused import told
from backend.console.typed import identity
from backend.core.refusals import Refusal
from backend.hotline.callback_recording import record_callback
from backend.hotline.callback_schemas import NewCallbackTry
from backend.hotline.callback_words import CallbackResult
from backend.people.actors import Actor


class Rung(Struct, frozen=True):
    """Whose callback it is; `problem`: why nothing was written down with it."""

    callback: str
    problem: str | None = None


async def rung_back(callback: str, case_id: UUID, by: Actor) -> Rung | None:
    """He was spoken with and asked for this case; None where nobody was rung. Twice is once.

    The case is there, whatever becomes of the callback: a refusal is told and loses nothing.
    """
    if not callback:
        return None
    try:
        id = uuid5(case_id, "rung back")
        new = NewCallbackTry(reached=True, result=CallbackResult.SPOKEN, case_id=case_id)
        await record_callback(callback_id=identity(callback), id=id, new=new, by=by)
    except Refusal as refusal:
        return Rung(callback, told(refusal))
    return Rung(callback)
