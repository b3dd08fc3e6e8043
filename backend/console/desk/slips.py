"""/console/desk/slips: flow slips (工作流转单) for market stalls: printed, found by number, typed in, thrown away."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.cases.reference import categories
from backend.cases.schemas import OpenedCase
from backend.console import labels as places
from backend.console.case_opening import category_name, places_of
from backend.console.desk import slip_form
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.forms import Filled, filled
from backend.console.pages import page
from backend.console.paper import qr, receipt_page
from backend.console.typed import Typed, identity, typed
from backend.core import clock, words
from backend.core.addresses import base_url
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline import flow_slip_ranges as ranges
from backend.hotline import flow_slips
from backend.hotline.flow_slip_refusals import SlipNumberWrong, SlipTyped, SlipUnknown
from backend.hotline.flow_slip_schemas import FlowSlipRecord, NewFlowSlips
from backend.hotline.paper_numbers import grouped
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

ROWS = 20
MOST_A_SHEET = 2
HOW_MANY = Term("How many slips: a number from 1 to 200.")
WRONG = {
    "slips_n": HOW_MANY,
    "unit_id": Term("Choose for whom they are."),
}
NAMES = {"slips_n": "count", "unit_id": "unit"}
SAID = {"voided": Term("Written down: this slip counts no more.")}
Number = Annotated[str, QueryParameter(max_length=40)]
After = Annotated[str, QueryParameter(max_length=400)]
Did = Annotated[str, QueryParameter(max_length=20)]
Per = Annotated[int, QueryParameter(ge=1, le=MOST_A_SHEET)]


@get("/slips", include_in_schema=False)
async def show_slips(by: SignedIn, number: Number = "", after: After = "") -> Response[Any]:
    """Find one by its number, print new ones, and what was printed before. `number` leads to that slip."""
    if not number:
        return await slips_page(by, fresh(), after=after)
    try:
        found = await flow_slips.get_flow_slip(number=number, by=by)
    except (SlipNumberWrong, SlipUnknown) as refusal:
        form = Typed(fresh().fields | {"number": [number]})
        return await slips_page(by, form, tried(refusal, names={}), step="find")
    return Redirect(f"/console/desk/slips/{found.number}", status_code=303)


@post("/slips", include_in_schema=False, status_code=200)
async def print_slips(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Numbers for new ones, and then the sheets. A second tap prints the same."""
    form = await typed(request)
    try:
        new = fitting(NewFlowSlips, {"unit_id": form.get("unit"), "slips_n": _count(form)}, wrong=WRONG)
        printed = await flow_slips.print_flow_slips(id=identity(form.get("id")), new=new, by=by)
    except DifferentArguments as refusal:  # the next tap prints others
        anew = Typed(form.fields | {"id": [str(uuid7())]})
        return await slips_page(by, anew, tried(refusal, names=NAMES), step="print")
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await slips_page(by, form, tried(refusal, names=NAMES), step="print")
    per = form.get("per") if form.get("per") in ("1", "2") else str(MOST_A_SHEET)
    first = printed.record.slips[0].number
    return Redirect(f"/console/desk/slips/{first}/sheet?per={per}", status_code=303)


@get("/slips/{number:str}", include_in_schema=False)
async def show_slip(by: SignedIn, number: FromPath[str], did: Did = "") -> Response[str]:
    """To type in; or what became of it."""
    return await _one(by, await flow_slips.get_flow_slip(number=number, by=by), Filled({}, {}), did=did)


@get("/slips/{number:str}/range", include_in_schema=False)
async def show_range(by: SignedIn, number: FromPath[str]) -> Response[str]:
    """All that were printed at once with one, and what became of each."""
    slips = await ranges.printed_with(number=number, by=by)
    return page("desk/slip_range.html", by=by, here=_here(by), slips=slips, grouped=grouped)


@get("/slips/{number:str}/sheet", include_in_schema=False)
async def show_sheet(
    by: SignedIn, request: Request[Any, Any, Any], number: FromPath[str], per: Per = MOST_A_SHEET, only: Did = ""
) -> Response[str]:
    """Sheets of A4 with what was printed at once and still waits, or this one `only`; in Chinese whoever prints it."""
    found = await ranges.printed_with(number=number, by=by)
    alone = (await flow_slips.get_flow_slip(number=number, by=by)).number if only else None
    waiting = [each for each in found if each.case_id is None and each.voided_at is None]
    chosen = [each for each in waiting if alone in (None, each.number)]
    spoken = words.language.set("zh")
    try:
        return page(
            "desk/slip_sheet.html",
            by=by,
            first=found[0],
            number=number,
            sheets=[chosen[at : at + per] for at in range(0, len(chosen), per)],
            per=per,
            only=only,
            codes={each.number: qr(f"{base_url(request)}/console/desk/slips/{each.number}") for each in chosen},
            grouped=grouped,
            kinds=slip_form.kinds(),
        )
    finally:
        words.language.reset(spoken)


@post("/slips/{number:str}/case", include_in_schema=False, status_code=200, request_max_body_size=None)
async def type_in(by: SignedIn, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
    """Open its case, and show the receipt. A second tap opens nothing more."""
    slip = await flow_slips.get_flow_slip(number=number, by=by)
    async with filled(request) as form:
        try:
            made = await _typed_in(form, slip, by)
        except Refusal as refusal:
            found = await flow_slips.get_flow_slip(number=number, by=by)
            return await _one(by, found, form, slip_form.refused(refusal))
    return receipt_page(
        request, by=by, case=made.case, secret=made.secret, template="desk/slip_done.html", slip=grouped(number)
    )


@post("/slips/{number:str}/voiding", include_in_schema=False, status_code=200)
async def void(by: SignedIn, number: FromPath[str]) -> Response[Any]:
    """A spoilt one counts no more."""
    try:
        found = await flow_slips.void_flow_slip(number=number, by=by)
    except SlipTyped as refusal:
        found = await flow_slips.get_flow_slip(number=number, by=by)
        return await _one(by, found, Filled({}, {}), tried(refusal, names={}))
    return Redirect(f"/console/desk/slips/{found.number}?did=voided", status_code=303)


async def _typed_in(form: Filled, slip: FlowSlipRecord, by: Actor) -> OpenedCase:
    photo_id = await slip_form.paper(form, slip_id=slip.id, by=by)
    if photo_id:
        form.fields["photo_id"] = str(photo_id)
    read = await slip_form.read(form, by, photo_id=photo_id)
    return (await flow_slips.type_in_flow_slip(number=slip.number, typed=read, by=by, door="page")).record


def _count(form: Typed) -> int:
    """Raises Invalid (400)."""
    try:
        return int(form.get("count"))
    except ValueError as error:
        wrong = at_field("slips_n", say(HOW_MANY))
        raise Invalid("Please look at the marked fields.", errors=[wrong]) from error


def fresh() -> Typed:
    """Made with the page, so that a second tap prints the same slips."""
    return Typed({"id": [str(uuid7())], "count": ["20"], "per": [str(MOST_A_SHEET)], "notes_n": ["20"]})


async def slips_page(
    by: Actor, form: Typed, refused: Tried | None = None, *, step: str = "", after: str = ""
) -> Response[str]:
    """`step`: the form of the page that was refused: find, print or notes. Raises Forbidden (403)."""
    found = await ranges.list_slip_ranges(by=by, limit=ROWS, cursor=after or None)
    return page(
        "desk/slips.html",
        status=refused.status if refused else 200,
        by=by,
        here=_here(by),
        form=form,
        refused=refused,
        step=step,
        desks=await ranges.printing_desks(by=by),
        found=found,
        grouped=grouped,
    )


async def _one(
    by: Actor, found: FlowSlipRecord, form: Filled, refused: Tried | None = None, *, did: str = ""
) -> Response[str]:
    waits = found.case_id is None and found.voided_at is None
    return page(
        "desk/slip_one.html",
        status=refused.status if refused else 200,
        by=by,
        here=_here(by),
        one=found,
        waits=waits,
        said=grouped(found.number),
        form=form,
        refused=refused,
        told=say(SAID[did]) if did in SAID and found.voided_at else None,
        kinds=slip_form.kinds(),
        categories=[category_name(each) for each in (await categories()).on(clock.today())] if waits else [],
        places=await places_of(by) if waits else [],
        place=places.place,
        latest=clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"),
    )


def _here(by: Actor) -> str:
    """Where it stands on the bar: cadres have it by itself."""
    return "desk" if by.has(Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN) else "slips"


HANDLERS = (show_slips, print_slips, show_slip, show_range, show_sheet, type_in, void)
