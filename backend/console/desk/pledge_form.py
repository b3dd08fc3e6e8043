"""/console/desk/pledges/new: a batch typed or pasted, looked at line by line, then published whole or not at all."""

import re
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from backend.cases import units
from backend.console.case_opening import NoPlace, place_of, places_of
from backend.console.desk.pledge_rows import MOST, Row, rows_of
from backend.console.form_refusals import Tried, at_field, fitting, marked, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core.clock import today
from backend.core.ids import uuid7
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline import pledges
from backend.hotline.pledge_schemas import NewPledge, NewPledgeBatch
from backend.people.actors import Actor
from backend.people.guards import SignedIn

PLEDGES = "/console/desk/pledges"
_OF_ROW = re.compile(r"pledges/(\d+)(?:/|$)")
UNITS_SHOWN = 60
WRONG = {
    "year": Term("A year such as 2026."),
    "number": Term("Which batch of the year: a number from 1 to 999."),
    "title": Term("What the batch is called: one to 120 characters."),
}


class Looked(Struct, frozen=True):
    """What a batch came to: its lines, the place by name, and what is wrong."""

    rows: list[Row]
    new: NewPledgeBatch | None = None
    refused: Tried | None = None


@get("/pledges/new", include_in_schema=False)
async def show_new(by: SignedIn) -> Response[str]:
    """An empty form, with the next number of the place."""
    by.must_have(*pledges.PUBLISHERS)
    held = next(each for each in by.held if each.role in pledges.PUBLISHERS)
    year = today().year
    known = await pledges.public_pledges(division_code=held.division_code, year=year)
    numbers = [each.number for each in known.batches if each.division.code == held.division_code]
    fields = {"id": str(uuid7()), "place": f"{held.division_name} {held.division_code}", "year": str(year)}
    return await _form(by, Typed({name: [value] for name, value in fields.items()} | {"number": [_next(numbers)]}))


@post("/pledges/new", include_in_schema=False, status_code=200)
async def enter_new(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Look at every line first; what was looked at is published by a second tap, and by a third no more."""
    by.must_have(*pledges.PUBLISHERS)
    form = await typed(request)
    looked = await _look(form, by)
    if looked.new is None or form.get("act") != "publish":
        return await _form(by, form, looked)
    try:
        await pledges.publish_pledges(id=identity(form.get("id")), new=looked.new, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _form(by, form, _told(looked.rows, refusal))
    year, place = looked.new.year, looked.new.division_code
    return Redirect(f"{PLEDGES}?did=published&year={year}&place={place}", status_code=303)


async def _look(form: Typed, by: Actor) -> Looked:
    """Nothing is kept. A batch that was published a moment ago by the same form is let through."""
    rows: list[Row] = []
    try:
        place = await place_of(form.get("place"), by)
        rows = rows_of(form.get("rows"), year=_year(form), units=await units.of_county(place))
        new = _batch(form, place, rows)
        if form.get("act") != "publish":
            await pledges.check_pledges(new=new, by=by)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _told(rows, refusal)
    return Looked(rows, new)


def _year(form: Typed) -> int:
    """Of a form whose year `_batch` refuses, any will do."""
    return int(form.get("year")) if re.fullmatch("20[0-9]{2}", form.get("year")) else today().year


def _batch(form: Typed, place: str, rows: list[Row]) -> NewPledgeBatch:
    """Raises Invalid (400)."""
    if not rows:
        raise Invalid("Please look at the marked fields.", errors=[at_field("rows", say("Type one pledge a line."))])
    if len(rows) > MOST:
        detail = say("A batch has at most {n} pledges.", n=MOST)
        raise Invalid("Please look at the marked fields.", errors=[at_field("rows", detail)])
    wrong = [at_field(f"pledges/{row.number - 1}", row.wrong) for row in rows if row.wrong]
    if wrong:
        raise Invalid("Some lines do not fit; nothing was published.", errors=wrong)
    given = {
        "division_code": place,
        "year": _number(form.get("year")),
        "number": _number(form.get("number")),
        "title": form.get("title"),
        "pledges": [_pledge(row) for row in rows],
    }
    return fitting(NewPledgeBatch, given, wrong=WRONG)


def _number(text: str) -> int:
    """0, which no field takes, where it is none."""
    return int(text) if text.isdecimal() and len(text) <= 4 else 0


def _pledge(row: Row) -> NewPledge:
    """Raises Invalid (400)."""
    if row.unit is None or row.due_on is None:
        raise Invalid("Some lines do not fit; nothing was published.")
    return NewPledge(title=row.title, unit_id=row.unit.id, office=row.office, due_on=row.due_on)


def _told(rows: list[Row], refusal: Refusal) -> Looked:
    """Each line with what is wrong with it; what is about no line stands beside its field."""
    if isinstance(refusal, NoPlace):
        said = say("Type the name of the place and take one from the list.")
        return Looked(rows, None, marked(Tried(said, {"place": said}, refusal.status)))
    found = tried(refusal, names={"division_code": "place"})
    of_rows = {int(match[1]): detail for name, detail in found.at.items() if (match := _OF_ROW.match(name))}
    shown = [replace(row, wrong=of_rows.get(n, row.wrong)) for n, row in enumerate(rows)]
    at = {name: detail for name, detail in found.at.items() if not _OF_ROW.match(name)}
    if of_rows:
        return Looked(shown, None, Tried(say("Some lines do not fit; nothing was published."), at, found.status))
    return Looked(shown, None, marked(Tried(found.problem, at, found.status)))


async def _form(by: Actor, form: Typed, looked: Looked | None = None) -> Response[str]:
    refused = looked.refused if looked else None
    held = next(each for each in by.held if each.role in pledges.PUBLISHERS)
    return page(
        "desk/pledge_new.html",
        status=refused.status if refused else 200,
        by=by,
        form=form,
        rows=looked.rows if looked else [],
        ready=looked is not None and looked.new is not None,
        wrong_n=sum(bool(row.wrong) for row in looked.rows) if looked else 0,
        refused=refused,
        at=refused.at if refused else {},
        units=[each.name for each in (await units.of_county(held.division_code))[:UNITS_SHOWN]],
        places=[(held.division_code, held.division_name), *await places_of(by)],
    )


def _next(numbers: list[int]) -> str:
    return str(max(numbers, default=0) + 1)


HANDLERS = (show_new, enter_new)
