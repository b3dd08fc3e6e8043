"""/console/cases/new: a case as an operator opens it on the telephone: by when is looked at before it is promised."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromQuery
from msgspec import Struct

from backend.cases.opening import open_case
from backend.cases.reference import categories
from backend.cases.schemas import CategoryRecord, NewCase
from backend.cases.words import CaseKind, Channel
from backend.console import case_labels, labels
from backend.console.desk.rung_back import rung_back
from backend.console.forms import Filled, filled
from backend.console.pages import page
from backend.console.paper import receipt_page
from backend.console.refused import told
from backend.core import clock
from backend.core.clock import today
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import language
from backend.deadlines.preview import preview_deadline
from backend.deadlines.refusals import PolicyUnknown
from backend.deadlines.schemas import DeadlinePreview
from backend.hotline.call_schemas import SayFirst
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

MOST_PLACES = 2000
CODE_DIGITS = 12
FIELD = re.compile(r"`(?:\$\.)?(\w+)`$")


class Due(Struct, frozen=True):
    """By when it would be answered, before anybody promises it."""

    found: DeadlinePreview
    category: str


WRONG = {
    "title": "Say in a few words what it is about: one to 120 characters.",
    "place_note": "The exact place is too long: at most 200 characters.",
    "contact_name": "The name is too long: at most 60 characters.",
    "contact_phone": "A telephone number has 5 to 20 digits; please look at it again, or leave it out.",
    "upstream_number": "The number from above is too long: at most 40 characters.",
}
"""What to say of a field that msgspec turned away."""


class NoCategory(Refusal):
    """Nothing of the list, or a part of several names."""

    status, code, title = 400, "console/category-missing", "What is it about?"


class NoPlace(Refusal):
    """No village, or one that several have the name of."""

    status, code, title = 400, "console/place-missing", "Where is it?"


class _Unreadable(Refusal):
    status, code, title = 400, "console/case-unreadable", "Something cannot be read"


@get("/cases/new", include_in_schema=False)
async def show_new(by: SignedIn, call: FromQuery[UUID | None] = None) -> Response[str]:
    """An empty form. `call`: the one in which it is said, to go back to."""
    return await case_form(by, {"call": str(call or "")})


async def case_form(by: Actor, fields: dict[str, str], *, say_first: SayFirst | None = None) -> Response[str]:
    """A form in which this is filled in already.

    fields      `call` or `callback`: whose words these are, to go back to
    say_first   there were words of an emergency among them
    """
    return await _form(by, Filled({"id": str(uuid7()), "channel": "phone"} | fields, {}), say_first=say_first)


@post("/cases/new", include_in_schema=False, status_code=200, request_max_body_size=None)
async def open_new(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Look at the date, or open it and show the receipt. A second tap opens nothing more."""
    async with filled(request) as form:
        try:
            if form.get("step") == "look":
                return await _form(by, form, due=await _due(form))
            outcome = await open_case(new=await _new(form, by), by=by, door="page")
        except DifferentArguments as refusal:  # the next tap opens it as another one
            fresh = Filled(form.fields | {"id": str(uuid7())}, {})
            return await _form(by, fresh, problem=told(refusal), status=refusal.status)
        except Refusal as refusal:
            return await _form(by, form, problem=told(refusal), status=refusal.status)
    made = outcome.record
    return receipt_page(
        request,
        by=by,
        case=made.case,
        secret=made.secret,
        call=form.get("call"),
        wrap_up="case_opened",
        rung=await rung_back(form.get("callback"), made.case.id, by),
    )


async def _due(form: Filled) -> Due | None:
    category = await category_of(form.get("category"))
    opened_at = _moment(form.get("opened_at"))
    try:
        found = await preview_deadline(policy=category.policy_code, opened_at=opened_at)
    except PolicyUnknown:
        return None
    return Due(found, category_name(category))


async def _new(form: Filled, by: Actor) -> NewCase:
    """Raises a Refusal for what is missing, msgspec's for what does not fit said as one."""
    category, place = await category_of(form.get("category")), await place_of(form.get("place"), by)
    given: dict[str, Any] = {
        "id": form.id(),
        "category_code": category.code,
        "division_code": place,
        "opened_at": _moment(form.get("opened_at")),
        "upstream_due_at": _moment(form.get("upstream_due_at")),
        "description": form.words("description"),
    }
    plain = ("channel", "kind", "title", "place_note", "contact_name", "contact_phone", "upstream_number")
    given |= {name: form.get(name) for name in plain if form.get(name)}
    try:
        return msgspec.convert({name: value for name, value in given.items() if value is not None}, NewCase)
    except msgspec.ValidationError as error:
        named = FIELD.search(str(error))
        raise _Unreadable(WRONG.get(named[1] if named else "", "Please look at what is filled in again.")) from error


async def category_of(said: str) -> CategoryRecord:
    """By its name or code, or by a part of a name that only one has. Raises NoCategory (400)."""
    all_ = (await categories()).on(today())
    exact = [each for each in all_ if said in (each.code, each.name_zh, each.name_en)]
    found = exact or [each for each in all_ if said and said in each.name_zh]
    if len(found) != 1:
        raise NoCategory("Type a part of its name and take one from the list.")
    return found[0]


async def place_of(said: str, by: Actor) -> str:
    """By its code, or by a name that only one has. Raises NoPlace (400)."""
    digits = "".join(letter for letter in said if letter.isdigit() and letter.isascii())
    if len(digits) >= CODE_DIGITS:
        return digits
    found = {code for code, name in await places_of(by) if said and said in name}
    if len(found) != 1:
        raise NoPlace("Type the name of the village and take one from the list.")
    return found.pop()


async def places_of(by: Actor) -> list[tuple[str, str]]:
    """The villages and townships of one's territory."""
    found: dict[str, str] = {}
    for held in by.held:
        for level in (Level.TOWNSHIP, Level.VILLAGE):
            inside = await territory.list_divisions(
                filters=DivisionFilters(under=held.division_code, level=level), limit=MOST_PLACES
            )
            found |= {division.code: labels.place(division.name) for division in inside}
    return sorted(found.items())


def _moment(text: str) -> datetime | None:
    """What a browser's date field sends is a wall clock's time in Shandong. Raises _Unreadable (400)."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI) if text else None
    except ValueError as error:
        raise _Unreadable("This time cannot be read. Give a day and a time, such as 2026-11-22 08:30.") from error


def category_name(category: CategoryRecord) -> str:
    """In the reader's language."""
    return category.name_zh if language.get() == "zh" else category.name_en


async def _form(
    by: Actor,
    form: Filled,
    *,
    due: Due | None = None,
    problem: str | None = None,
    status: int = 200,
    say_first: SayFirst | None = None,
) -> Response[str]:
    return page(
        "cases/new.html",
        status=status,
        by=by,
        form=form,
        due=due,
        say_first=say_first,
        problem=problem,
        channels=case_labels.choices({each: case_labels.CHANNELS[each] for each in Channel if each != "open311"}),
        kinds=case_labels.choices({each: case_labels.KINDS[each] for each in CaseKind if each != CaseKind.DIAGNOSIS}),
        categories=[category_name(each) for each in (await categories()).on(today())],
        places=await places_of(by),
    )


HANDLERS = (show_new, open_new)
