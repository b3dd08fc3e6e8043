"""/console/warnings/new: a warning told by telephone, typed in by the desk. It rings before the receiver is down."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect
from msgspec.structs import replace

from backend.antifraud import receiving
from backend.antifraud.receiving import DESK
from backend.antifraud.warning_schemas import TypedWarning, WarnedPerson
from backend.antifraud.words import WarningLevel
from backend.console.case_opening import NoPlace, place_of, places_of
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity, typed
from backend.console.warnings import labels
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, FieldError, Invalid, Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.rules import normal_phone

WRONG = {
    "name": Term("The name is too long: at most 60 characters."),
    "phone": Term("Only digits, blanks and dashes: 5 to 20 of them."),
    "address_note": Term("Too long: at most 200 characters."),
    "known": Term("Too long: at most 400 characters."),
    "fraud_type": Term("Choose it from the list."),
}
"""What to say where a field does not fit."""
NAMES = {"division_code": "place", "person": "phone"}
"""What a record's field is called in the form."""


@get("/new", include_in_schema=False)
async def show_new(by: SignedIn) -> Response[str]:
    """An empty form."""
    by.must_have(*DESK)
    return await _form(by, Typed({"id": [str(uuid7())]}))


@post("/new", include_in_schema=False, status_code=200)
async def enter_new(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Enter it. A second tap enters nothing more."""
    by.must_have(*DESK)
    form = await typed(request)
    try:
        id = identity(form.get("id"))
        made = await receiving.enter_warning(id=id, new=await _new(form, by), by=by)
    except DifferentArguments as refusal:
        fresh = Typed(form.fields | {"id": [str(uuid7())]})
        return await _form(by, fresh, tried(refusal, names=NAMES))
    except Refusal as refusal:
        return await _form(by, form, _at_its_field(refusal))
    return Redirect(f"/console/warnings/{made.record.id}?did={'entered' if made.created else 'again'}", status_code=303)


async def _new(form: Typed, by: Actor) -> TypedWarning:
    """Raises Invalid (400) with all that is wrong, each at its field."""
    wrong: list[FieldError] = []
    given: dict[str, Any] = {
        "level": form.get("level") or None,
        "fraud_type": form.get("fraud_type") or None,
        "exercise": form.get("exercise") == "yes",
        "division_code": await _place(form, by, wrong),
        "person": _person(form, wrong),
    }
    if given["level"] not in tuple(WarningLevel):
        wrong.insert(0, at_field("level", say("Say how grave it is.")))
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=wrong)
    return fitting(TypedWarning, given, wrong=WRONG)


async def _place(form: Typed, by: Actor, wrong: list[FieldError]) -> str | None:
    try:
        return await place_of(form.get("place"), by)
    except NoPlace as refusal:
        wrong.append(at_field("place", told(refusal)))
        return None


def _person(form: Typed, wrong: list[FieldError]) -> WarnedPerson | None:
    given = {name: form.get(name) or None for name in WarnedPerson.__struct_fields__}
    try:
        person = fitting(WarnedPerson, given, wrong=WRONG)
    except Invalid as refusal:
        wrong.extend(refusal.errors)
        return None
    if person.phone and not _rings(person.phone):
        wrong.append(at_field("phone", say("This is no telephone number. Read it back to whoever told it.")))
    if not (person.phone or person.address_note):
        wrong.append(at_field("phone", say("Say a phone or where the person lives; else nobody can act.")))
    return person


def _rings(phone: str) -> bool:
    """A mobile number has eleven digits; one of a house seven or more with its area code."""
    try:
        number = normal_phone(phone)
    except Invalid:
        return False
    return not number.startswith("+861") or len(number) == len("+8619900000000")


def _at_its_field(refusal: Refusal) -> Tried:
    found = tried(refusal, names=NAMES)
    return (
        found
        if found.at or refusal.code != "antifraud/not-your-division"
        else replace(found, at={"place": found.problem})
    )


async def _form(by: Actor, form: Typed, refused: Tried | None = None) -> Response[str]:
    return page(
        "warnings/new.html",
        status=refused.status if refused else 200,
        by=by,
        form=form,
        tried=refused,
        levels=labels.levels(),
        fraud_types=labels.fraud_types(),
        places=await places_of(by),
    )


HANDLERS = (show_new, enter_new)
