"""A caller handed to another line out of a form, on the call's screen or on a page of its own."""

from uuid import UUID

from backend.cases.filters import CaseFilters
from backend.cases.lists import list_cases
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.typed import Typed, identity
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline import transfers
from backend.hotline.transfer_schemas import NewTransfer
from backend.people.actors import Actor

MOST_WORDS = 400
WRONG = {
    "line": Term("Which line? Choose one."),
    "reason": Term("Say in a few words why: one to 400 characters, without his name."),
    "their_desk": Term("Which of their desks: up to 60 characters."),
}


async def hand_over(form: Typed, by: Actor, *, call_id: UUID | None) -> UUID:
    """Hand him on; the transfer's id. His words are the reason where no other is typed. A second tap is the same.

    Raises Incomplete, Invalid (400), what transfer_to_line raises.
    """
    id = identity(form.get("transfer"))
    given = {
        "line": form.get("line"),
        "reason": form.get("reason") or form.get("said")[:MOST_WORDS],
        "their_desk": form.get("their_desk") or None,
        "call_id": call_id,
        "case_id": await case_of(form, by),
    }
    await transfers.transfer_to_line(id=id, new=fitting(NewTransfer, given, wrong=WRONG), by=by)
    return id


async def case_of(form: Typed, by: Actor) -> UUID | None:
    """By a tap, or by its number. Raises Incomplete, Invalid (400)."""
    if form.get("number"):
        found = (await list_cases(by=by, filters=CaseFilters(number=form.get("number")), limit=1)).items
        if not found:
            detail = say("There is no case with this number here. Look at it again.")
            raise Invalid("Please look at the marked fields.", errors=[at_field("number", detail)])
        return found[0].id
    return identity(form.get("case")) if form.get("case") else None


def refused(refusal: Refusal, form: Typed) -> tuple[Tried, Typed]:
    """What was wrong and the form to show again; what was handed over with other words becomes another one."""
    fresh = {"transfer": [str(uuid7())]} if isinstance(refusal, DifferentArguments) else {}
    return tried(refusal, names={"case_id": "number"}), Typed(form.fields | fresh)
