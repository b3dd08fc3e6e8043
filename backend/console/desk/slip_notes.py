"""/console/desk/slip-notes.pdf: empty receipt notes (来件回条) for a stall, to print and to write on."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import QueryParameter

from backend.console.desk import slips
from backend.console.form_refusals import at_field, tried
from backend.console.typed import Typed
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline.receipt_notes import print_receipt_notes
from backend.kits.letters import MOST_SHEETS
from backend.people.actors import Actor
from backend.people.guards import SignedIn

PDF = "application/pdf"
HOW_MANY = Term("How many notes: a number from 1 to 200.")
Asked = Annotated[str, QueryParameter(max_length=40)]


@get("/slip-notes.pdf", include_in_schema=False)
async def print_notes(by: SignedIn, notes_unit: Asked = "", notes_n: Asked = "") -> Response[Any]:
    """The PDF; refused, the page of slips says what does not fit."""
    form = Typed(slips.fresh().fields | {"notes_unit": [notes_unit], "notes_n": [notes_n]})
    try:
        pdf = await _printed(form, by)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await slips.slips_page(by, form, tried(refusal, names={}), step="notes")
    headers = {"Content-Disposition": 'inline; filename="receipt-notes.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type=PDF, headers=headers)


async def _printed(form: Typed, by: Actor) -> bytes:
    return await print_receipt_notes(unit_id=_unit(form), notes_n=_count(form), by=by)


def _unit(form: Typed) -> UUID:
    try:
        return UUID(form.get("notes_unit"))
    except ValueError as error:
        raise _wrong("notes_unit", slips.WRONG["unit_id"]) from error


def _count(form: Typed) -> int:
    typed = form.get("notes_n")
    if not typed.isdecimal() or not 1 <= int(typed) <= MOST_SHEETS:
        raise _wrong("notes_n", HOW_MANY)
    return int(typed)


def _wrong(field: str, detail: Term) -> Invalid:
    return Invalid("Please look at the marked fields.", errors=[at_field(field, say(detail))])


HANDLERS = (print_notes,)
