"""What one shift leaves to the next on the board: left in a form, taken by whoever comes next."""

from typing import Any
from uuid import UUID

from backend.console.form_refusals import fitting
from backend.console.typed import Incomplete, Typed, identity
from backend.core.words import Term
from backend.hotline import shift_notes
from backend.hotline.shift_note_schemas import NewShiftNote
from backend.people.actors import Actor

SHOWN = 5
WRONG = {"text": Term("Write what the next shift has to know: one to 2000 characters.")}


async def shown(by: Actor) -> dict[str, Any]:
    """Notes that nobody has taken, the newest first, of the desk where he works."""
    unit_id = own_unit(by)
    if unit_id is None:
        return {"notes": [], "leaves_notes": False}
    found = await shift_notes.list_shift_notes(unit_id=unit_id, by=by, waiting=True, limit=SHOWN)
    return {"notes": found.items, "leaves_notes": True}


async def leave(form: Typed, by: Actor) -> None:
    """Raises Invalid, Incomplete (400), DifferentArguments (409)."""
    unit_id = own_unit(by)
    if unit_id is None:
        raise Incomplete("You belong to no desk. Ask your supervisor.")
    new = fitting(NewShiftNote, {"unit_id": unit_id, "text": form.get("text")}, wrong=WRONG)
    await shift_notes.leave_shift_note(id=identity(form.get("note")), new=new, by=by)


def own_unit(by: Actor) -> UUID | None:
    """The unit at whose desk he works."""
    return next((held.unit_id for held in by.held if held.role in shift_notes.DESK and held.unit_id), None)
