"""/console/letters/{village}: its stock, what happens to it, mistakes taken back, and the receipt to sign."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from msgspec.structs import replace

from backend.antifraud import letters
from backend.antifraud.letter_ranges import SerialWrong, serials
from backend.antifraud.letter_schemas import LettersRecord, LetterStock, NewLetters
from backend.antifraud.outreach_places import PLANNERS, READERS, RECORDERS, holds, place
from backend.antifraud.outreach_refusals import LettersElsewhere, LettersNotThere, LettersUnknown
from backend.antifraud.outreach_words import LetterMove
from backend.console import labels
from backend.console import typed as forms
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.outreach import letter_labels as says
from backend.console.outreach.letters_shown import TOWNSHIP_DIGITS, to_print
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid, Refusal
from backend.core.words import say
from backend.kits.letters import MOST_SHEETS
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.territory import queries as territory

SHOWN = 40
Village = FromPath[str]
After = Annotated[str, QueryParameter(max_length=400)]
Serial = Annotated[str, QueryParameter(max_length=40)]
SAID = {
    "saved": "Written down.",
    "again": "This was written down before; nothing changed.",
    "withdrawn": "Taken back. It counts no more.",
}
WRONG = {
    "move": "Choose what happened to the letters.",
    "first": "A serial ends in up to twelve digits, such as GX2026-004120.",
    "last": "A serial ends in up to twelve digits, such as GX2026-004120.",
}
NAMES = {"at": "day"}


@get("/letters/{village:str}", include_in_schema=False)
async def show_village(
    by: SignedIn,
    village: Village,
    did: FromQuery[str] = "",
    letters_id: FromQuery[UUID | None] = None,
    serial: Serial = "",
    after: After = "",
) -> Response[str]:
    """What lies there, and what happened to it; `serial` is one letter's way."""
    form = Typed(fresh() | ({"serial": [serial]} if serial else {}))
    return await village_page(by, village, form, did=did, done=letters_id, after=after)


@post("/letters/{village:str}", include_in_schema=False, status_code=200)
async def move_letters(by: SignedIn, request: Request[Any, Any, Any], village: Village) -> Response[Any]:
    """Write down what happened to letters; refused, the form says which letters are in the way and where they are."""
    by.must_have(*RECORDERS)
    form = await forms.typed(request)
    try:
        outcome = await letters.issue_letters(new=_new(form, village), by=by)
    except DifferentArguments as refusal:  # a page from before: the next tap writes down anew
        anew = Typed(form.fields | fresh())
        return await village_page(by, village, anew, tried=Tried(told(refusal), {}, 409))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await village_page(by, village, form, tried=tried(refusal, names=NAMES), refusal=refusal)
    did = "saved" if outcome.created else "again"
    return Redirect(f"/console/letters/{village}?did={did}&letters_id={outcome.record.id}", status_code=303)


@post("/letters/{village:str}/{letters_id:uuid}/withdrawal", include_in_schema=False, status_code=200)
async def withdraw(by: SignedIn, village: Village, letters_id: FromPath[UUID]) -> Response[Any]:
    """It was a mistake, or the lost book was found."""
    try:
        await letters.withdraw_letters(letters_id=letters_id, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await village_page(by, village, Typed(fresh()), tried=Tried(told(refusal), {}, refusal.status))
    return Redirect(f"/console/letters/{village}?did=withdrawn&letters_id={letters_id}", status_code=303)


@get("/letters/{village:str}/{letters_id:uuid}/receipt", include_in_schema=False)
async def show_receipt(by: SignedIn, village: Village, letters_id: FromPath[UUID]) -> Response[str]:
    """The paper that goes with a hand-out, for two signatures."""
    one = await letters.get_letters(letters_id=letters_id, by=by)
    if one.division_code != village:
        raise LettersUnknown("There are no letters {id} in a place of yours.", id=str(letters_id))
    name = labels.place((await territory.division(code=one.division_code)).name)
    return page("outreach/letters_receipt.html", by=by, says=says, one=one, name=name, made=clock.now())


def fresh() -> dict[str, list[str]]:
    """Made with the page, so that a second tap is the same letters."""
    return {"id": [str(uuid7())], "at": [clock.now().isoformat()]}


def _new(form: Typed, village: str) -> NewLetters:
    """Raises Invalid, Incomplete (400)."""
    first, move = form.get("first"), form.get("move")
    if not first:
        raise _wrong("first", "Scan or type the first serial.")
    given = {
        "id": identity(form.get("id")),
        "move": move,
        "first": first,
        "last": _last(form, first),
        "division_code": village,
        "at": _at(form),
    }
    return fitting(NewLetters, given, wrong=WRONG)


def _last(form: Typed, first: str) -> str | None:
    """As typed, or as many on from the first. A scanner that pressed Enter hands out no single letter of a book."""
    last, many = form.get("last"), forms.figure(form.get("how_many"))
    if last and many is not None:
        raise _wrong("how_many", "Give the last serial or how many there are, not both.")
    if last:
        return last
    if many is None:
        if form.get("move") == LetterMove.GIVEN:
            raise _wrong("last", "Scan or type the last serial too, or say how many there are.")
        return None
    return _counted(first, many)


def _counted(first: str, many: float) -> str:
    if many < 1 or many != int(many):
        raise _wrong("how_many", "How many: a whole number from 1 on.")
    try:
        found = serials(first)
    except SerialWrong as error:
        raise _wrong("first", WRONG["first"]) from error
    end = found.first + int(many) - 1
    if len(str(end)) > found.width:
        raise _wrong("how_many", "The book does not go on that far.")
    return str(replace(found, first=end, last=end))


def _at(form: Typed) -> datetime:
    """When the page was made; another day counts from its noon."""
    if day := form.get("day"):
        at = forms.moment(f"{day}T12:00")
        assert at is not None  # noqa: S101 - a text was given
        return min(at, clock.now())
    try:
        return datetime.fromisoformat(form.get("at"))
    except ValueError:
        return clock.now()


def _wrong(field: str, detail: str) -> Invalid:
    return Invalid("Please look at the marked fields.", errors=[at_field(field, say(detail))])


async def village_page(
    by: Actor,
    village: str,
    form: Typed,
    *,
    did: str = "",
    done: UUID | None = None,
    after: str = "",
    tried: Tried | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    """`form` holds what was typed into any form of the page; `tried` what was refused of it."""
    found = await place(village, by=by, roles=READERS, village=True)
    stocks = (await letters.list_stocks(by=by, division_code=village)).items
    stock = stocks[0] if stocks else _NO_STOCK
    serial = form.get("serial") or None
    rows = await letters.list_letters(by=by, division_code=village, serial=serial, limit=SHOWN, cursor=after or None)
    gives, records = holds(by, village, PLANNERS), holds(by, village, RECORDERS)
    return page(
        "outreach/letters_village.html",
        status=tried.status if tried else 200,
        by=by,
        says=says,
        village=found,
        name=labels.place(found.name),
        stock=stock,
        to_print=to_print(stock, form) if records else None,
        most_sheets=MOST_SHEETS,
        rows=rows.items,
        older=rows.next_cursor,
        form=form,
        tried=tried,
        in_the_way=await _in_the_way(refusal, by),
        moves=says.moves(gives=gives) if records else [],
        gives=gives,
        did=say(SAID[did]) if did in SAID else None,
        done=next((each for each in rows.items if each.id == done), None),
        today=clock.today(),
        others=_others(by, found.code),
    )


def _others(by: Actor, village: str) -> str | None:
    """The way to the other villages of this reader's, where he has any: of the township if all of it is his."""
    prefixes = by.prefixes(READERS)
    if all(prefix.startswith(village) for prefix in prefixes):
        return None
    township = village[:TOWNSHIP_DIGITS].ljust(12, "0")
    whole = holds(by, village[:TOWNSHIP_DIGITS], READERS)
    return f"/console/letters?township={township}" if whole else "/console/letters"


_NO_STOCK = LetterStock(
    division_code="", name=None, given_n=0, signed_n=0, declined_n=0, lost_n=0, returned_n=0, stock_n=0, ranges=[]
)


async def _in_the_way(refusal: Refusal | None, by: Actor) -> list[tuple[str, LettersRecord]]:
    """What happened before to the first of the letters that were refused, as far as `by` reads, with the village."""
    if not isinstance(refusal, LettersElsewhere | LettersNotThere):
        return []
    first = refusal.facts["letters"][0].split(" – ")[0]
    rows = (await letters.list_letters(by=by, serial=first, limit=5)).items
    return [
        (labels.place((await territory.division(code=each.division_code)).name), each)
        for each in rows
        if each.withdrawn_at is None
    ]


HANDLERS = (show_village, move_letters, withdraw, show_receipt)
