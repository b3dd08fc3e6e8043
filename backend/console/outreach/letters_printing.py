"""/console/letters/{village}/sheets.pdf: the letters of a range of serials, to print or to print again."""

from datetime import date
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from backend.antifraud import letters_printing as printing
from backend.antifraud.letter_routes import sheets_of
from backend.console.form_refusals import at_field, tried
from backend.console.outreach.letters_moving import fresh, village_page
from backend.console.typed import Typed
from backend.core.refusals import Invalid, Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn

NAMES = {"first": "print_first", "last": "print_last", "on": "print_on"}
TypedIn = Annotated[str, QueryParameter(max_length=40)]


@get("/letters/{village:str}/sheets.pdf", include_in_schema=False)
async def print_letters(
    by: SignedIn, village: FromPath[str], print_first: TypedIn = "", print_last: TypedIn = "", print_on: TypedIn = ""
) -> Response[Any]:
    """The PDF; refused, the village's page says which letters are not there."""
    form = Typed(fresh() | {"print_first": [print_first], "print_last": [print_last], "print_on": [print_on]})
    try:
        return sheets_of(await _printed(form, village, by))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await village_page(by, village, form, tried=tried(refusal, names=NAMES), refusal=refusal)


async def _printed(form: Typed, village: str, by: Actor) -> printing.PrintedLetters:
    first, last = form.get("print_first"), form.get("print_last") or None
    return await printing.print_letters(division_code=village, first=first, last=last, on=_day(form), by=by)


def _day(form: Typed) -> date | None:
    """Raises Invalid (400)."""
    try:
        return date.fromisoformat(form.get("print_on")) if form.get("print_on") else None
    except ValueError as error:
        wrong = at_field("on", say("Choose a day."))
        raise Invalid("Please look at the marked fields.", errors=[wrong]) from error


HANDLERS = (print_letters,)
