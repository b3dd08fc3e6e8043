"""/console/desk/calls: the list, and one screen per call. Who calls is told to whoever has it; anybody else of the
desk opens it by a tap; either is written down.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from backend.console import case_labels
from backend.console import labels as places
from backend.console.case_opening import NoPlace, case_form, place_of, places_of
from backend.console.desk import call_labels, handing_over, transfer_labels
from backend.console.desk.typed_once import filled_in
from backend.console.form_refusals import Tried, at_field, tried
from backend.console.intake import question_form
from backend.console.pages import page
from backend.console.typed import Typed, shaped, typed
from backend.core.ids import uuid7
from backend.core.logs import request_id
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline import call_queries, call_reading, calls, wrap_up
from backend.hotline.call_reading import CallFilters
from backend.hotline.call_schemas import CallDetail, CallTaking, WrapUp
from backend.hotline.transfers import transfers_of
from backend.hotline.words import CallDirection
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

Did = Annotated[str, QueryParameter(max_length=20)]
Place = Annotated[str, QueryParameter(max_length=80)]
After = Annotated[str, QueryParameter(max_length=400)]
ROWS = 50
TABS: tuple[tuple[str, Term, CallFilters], ...] = (
    ("all", Term("All calls"), CallFilters()),
    ("waiting", Term("Missed, to be rung"), CallFilters(waiting=True)),
    ("mine", Term("My calls"), CallFilters(mine=True)),
    ("out", Term("Calls from us"), CallFilters(direction=CallDirection.OUT)),
)
NO_CODE = Term("Choose what became of the call.")
SAID = {
    "entered": Term("Written down. Now type what he wants once."),
    "taken": Term("It is your call."),
    "wrapped-up": Term("Written down what became of it."),
}


@get("/calls", include_in_schema=False)
async def show_calls(by: SignedIn, which: Did = "all", after: After = "") -> Response[str]:
    """Calls of one's desk and territory without numbers, who still has to be rung back first."""
    chosen = next((tab for tab in TABS if tab[0] == which), TABS[0])
    found = await call_reading.list_calls(by=by, filters=chosen[2], limit=ROWS, cursor=after or None)
    return page("desk/calls.html", by=by, tabs=TABS, which=chosen[0], found=found, says=call_labels)


@get("/calls/{call_id:uuid}", include_in_schema=False)
async def show_call(
    by: SignedIn,
    call_id: FromPath[UUID],
    did: Did = "",
    place: Place = "",
    case: FromQuery[UUID | None] = None,
    code: Did = "",
) -> Response[str]:
    """What is known of it. `place`: the village he names; `case` and `code`: what it just became."""
    form = Typed({"place": [place], "case": [str(case or "")], "code": [code]})
    try:
        found = await _found(call_id, by, village=await place_of(place, by) if place else None)
    except Refusal as refusal:
        if not place:
            raise
        return await _page(by, await _found(call_id, by), form=form, refused=tried(refusal, names={}), step="place")
    return await _page(by, found, did=did, form=form)


@post("/calls/{call_id:uuid}/person", include_in_schema=False, status_code=200)
async def open_person(by: SignedIn, call_id: FromPath[UUID]) -> Response[str]:
    """The same with who calls; the access log says who looked."""
    return await _page(by, await call_reading.get_call(call_id=call_id, by=by, request_id=request_id.get()))


@post("/calls/{call_id:uuid}/taking", include_in_schema=False, status_code=200)
async def take_call(by: SignedIn, request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    """我来接; or what he says is looked through for an emergency, and the village he names for its open cases."""
    form = await typed(request)
    try:
        village = await place_of(form.get("place"), by) if form.get("place") else None
        found = await _taken(call_id, form, by, village=village)
    except NoPlace as refusal:
        return await _refused(by, call_id, refusal, form, "place")
    except Refusal as refusal:
        return await _refused(by, call_id, refusal, form, "taking")
    if "said" not in form.fields:
        return Redirect(f"/console/desk/calls/{call_id}?did=taken", status_code=303)
    return await _page(by, found, form=form, heard=bool(form.get("said")) and found.say_first is None)


@post("/calls/{call_id:uuid}/case", include_in_schema=False, status_code=200)
async def become_case(by: SignedIn, request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    """The form for a case, with who calls, where, and what he said in it."""
    return await _become(call_id, await typed(request), by, case_form)


@post("/calls/{call_id:uuid}/question", include_in_schema=False, status_code=200)
async def become_question(by: SignedIn, request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    """The same, for a sick crop."""
    return await _become(call_id, await typed(request), by, question_form)


@post("/calls/{call_id:uuid}/transfer", include_in_schema=False, status_code=200)
async def hand_over(by: SignedIn, request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    """To another line; our reference is on the page that follows."""
    form = await typed(request)
    try:
        id = await handing_over.hand_over(form, by, call_id=call_id)
    except Refusal as refusal:
        return await _refused(by, call_id, refusal, form, "transfer")
    return Redirect(f"/console/desk/transfers/{id}?did=handed", status_code=303)


@post("/calls/{call_id:uuid}/wrap-up", include_in_schema=False, status_code=200)
async def wrap_up_call(by: SignedIn, request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> Response[Any]:
    """What became of it. Words of an emergency in the answer say what to do first, once more."""
    form = await typed(request)
    try:
        if not form.get("code"):
            raise Invalid(errors=[at_field("code", say(NO_CODE))])
        case_id = await handing_over.case_of(form, by)
        said = shaped(WrapUp, code=form.get("code"), answer=form.get("answer"), case_id=case_id)
        found = await wrap_up.wrap_up_call(call_id=call_id, said=said, by=by, request_id=request_id.get())
    except Refusal as refusal:
        return await _refused(by, call_id, refusal, form, "wrap-up")
    if found.say_first is not None:
        return await _page(by, found, did="wrapped-up")
    return Redirect(f"/console/desk/calls/{call_id}?did=wrapped-up", status_code=303)


async def _taken(call_id: UUID, form: Typed, by: Actor, *, village: str | None = None) -> CallDetail:
    """One's own from now on, and his words looked through. Raises Incomplete (400), what take_call raises."""
    said = shaped(CallTaking, said=form.get("said"), division_code=village)
    return await calls.take_call(call_id=call_id, said=said, by=by, request_id=request_id.get())


async def _become(
    call_id: UUID, form: Typed, by: Actor, opens: Callable[..., Awaitable[Response[str]]]
) -> Response[Any]:
    try:
        found = await _taken(call_id, form, by)
    except Refusal as refusal:
        return await _refused(by, call_id, refusal, form, "taking")
    fields = await filled_in(
        form.get("said"), form.get("place"), village=found.village_code, caller=found.caller, by=by
    )
    return await opens(by, fields | {"call": str(call_id)}, say_first=found.say_first)


async def _refused(by: Actor, call_id: UUID, refusal: Refusal, form: Typed, step: str) -> Response[str]:
    if refusal.status in (403, 404):
        raise refusal
    wrong, again = handing_over.refused(refusal, form)
    return await _page(by, await _found(call_id, by), form=again, refused=wrong, step=step)


async def _found(call_id: UUID, by: Actor, *, village: str | None = None) -> CallDetail:
    """With who calls for whoever has it; without for anybody else who sees it. Raises CallUnknown (404)."""
    row = await call_reading.seen(call_id, by=by)
    if row["operator_id"] == by.person_id:
        return await call_reading.get_call(call_id=call_id, by=by, request_id=request_id.get(), division_code=village)
    return CallDetail(
        call=call_queries.record(row),
        caller=None,
        may_open=call_reading.may_open_number(row, by=by),
        answer=row["answer"],
        calls_before=0,
        his_cases=[],
        village_code=None,
        village_cases=[],
        say_first=None,
    )


async def _page(
    by: Actor,
    found: CallDetail,
    *,
    did: str = "",
    form: Typed | None = None,
    refused: Tried | None = None,
    step: str = "",
    heard: bool = False,
) -> Response[str]:
    one, given = found.call, form or Typed()
    return page(
        "desk/call.html",
        status=refused.status if refused else 200,
        by=by,
        found=found,
        one=one,
        opened=found.caller is not None or one.operator_id == by.person_id,
        mine=one.operator_id == by.person_id,
        may_take=call_labels.may_take(one) and by.has(Role.OPERATOR),
        may_wrap_up=call_labels.may_wrap_up(one, by) and by.has(Role.OPERATOR),
        says=call_labels,
        cases=case_labels,
        place=places.place,
        places=await places_of(by) if one.operator_id == by.person_id else [],
        told=say(SAID[did]) if did in SAID else None,
        form=Typed({"transfer": [str(uuid7())]} | given.fields),
        handed=await transfers_of(by=by, call_id=one.id),
        lines=transfer_labels.lines(),
        transfer_says=transfer_labels,
        refused=refused,
        step=step,
        heard=heard,
    )


HANDLERS = (show_calls, show_call, open_person, take_call, become_case, become_question, hand_over, wrap_up_call)
