"""/q/{code}/warnings: warnings by text message for somebody without an app, behind a station's QR.

No sign-in, no script needed, under 60 KB with all it loads. No secret is in an address: digits by text message open a
page of half an hour, whose ticket lies in a cookie.

GET  /q/{code}/warnings               the number, what he wants to hear of, what he agrees to
POST /q/{code}/warnings               has the digits sent; also for who comes back (`back`), with the number alone
POST /q/{code}/warnings/code          the digits: registered, or back again
GET  /q/{code}/warnings/mine          what he gets
POST /q/{code}/warnings/mine/{step}   quiet, loud, wishes, stop, leaving
"""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.console.citizen_warnings_form import tiles, wishes_of
from backend.console.citizen_warnings_pages import Visit, code_page, form_page, mine_page, stopped_page
from backend.console.farmer_door_pages import refused_page
from backend.console.farmer_door_place import place_of
from backend.console.form_refusals import at_field, tried
from backend.console.forms import must_be_ours
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.peers import address_of
from backend.core.refusals import DifferentArguments, Invalid, Refusal, Unknown
from backend.core.settings import settings
from backend.core.words import language, say
from backend.people import station_codes
from backend.people.guards import must_be_same_origin
from backend.push import citizen_codes, citizens
from backend.push.citizen_policies import citizen_policy
from backend.push.citizen_refusals import CitizenTicketExpired, CodeRefused
from backend.push.citizen_schemas import CitizenTicket, NewCitizenCode, NewRegistration, Opening, Wishes

COOKIE = "lianxin_warnings"
BACK = "back"
STEPS = ("quiet", "loud", "wishes", "stop", "leaving")
Big = Annotated[str, QueryParameter(max_length=1)]
Did = Annotated[str, QueryParameter(max_length=20)]


@get("/{code:str}/warnings", include_in_schema=False)
async def show_form(request: Request[Any, Any, Any], code: FromPath[str], big: Big = "") -> Response[str]:
    """The empty form. Looking changes nothing: WeChat looks at every link before people do."""
    return await form_page(await _visit(request, code, big), Typed({"id": [str(uuid7())]}))


@post("/{code:str}/warnings", include_in_schema=False, status_code=200)
async def ask_for_code(request: Request[Any, Any, Any], code: FromPath[str], big: Big = "") -> Response[str]:
    """The digits are sent; a second tap sends nothing more."""
    must_be_ours(request)
    visit, form = await _visit(request, code, big), await typed(request)
    try:
        new = NewCitizenCode(id=identity(form.get("id")), phone=_answers(form), station_code=code)
        made = await citizen_codes.request_citizen_code(new=new, address=address_of(request))
    except Refusal as refusal:
        if isinstance(refusal, DifferentArguments):  # another number on the same page: the next tap is a new one
            form = Typed(form.fields | {"id": [str(uuid7())]})
        return await form_page(visit, form, tried(refusal, names={}))
    return code_page(visit, form, await wishes_of(form), shown=made.record.shown)


def _answers(form: Typed) -> str:
    """The number. Raises Invalid (400) that names every answer to look at again."""
    wrong = {}
    if not form.get("phone"):
        wrong["phone"] = say("Write your mobile number.")
    if form.get("agree") != "yes" and form.get("want") != BACK:
        wrong["agree"] = say("Tick that we may send you messages: without that nothing is sent.")
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=[at_field(*each) for each in wrong.items()])
    return form.get("phone")


@post("/{code:str}/warnings/code", include_in_schema=False, status_code=200)
async def enter_code(request: Request[Any, Any, Any], code: FromPath[str], big: Big = "") -> Response[Any]:
    """The digits; whatever does not fit is one answer."""
    must_be_ours(request)
    visit, form = await _visit(request, code, big), await typed(request)
    try:
        ticket = await _proved(form)
    except CodeRefused as refusal:
        return code_page(visit, form, await wishes_of(form), tried=tried(refusal, names={}))
    except Refusal as refusal:
        return await form_page(visit, Typed(form.fields | {"id": [str(uuid7())]}), tried(refusal, names={}))
    did = "" if form.get("want") == BACK else "registered"
    return Redirect(visit.mine(did=did), status_code=303, cookies=[_cookie(visit, ticket.ticket)])


async def _proved(form: Typed) -> CitizenTicket:
    code_id, digits = identity(form.get("id")), form.get("code")
    if form.get("want") == BACK:
        return await citizens.open_citizen_warnings(opening=Opening(code_id=code_id, code=digits))
    new = NewRegistration(
        code_id=code_id,
        code=digits,
        text_version=form.get("text_version"),
        wishes=await wishes_of(form),
        language=language.get(),
    )
    return (await citizens.register_citizen(new=new)).record


@get("/{code:str}/warnings/mine", include_in_schema=False)
async def show_mine(
    request: Request[Any, Any, Any], code: FromPath[str], big: Big = "", did: Did = ""
) -> Response[Any]:
    """What he gets; without a ticket the form."""
    visit = await _visit(request, code, big)
    try:
        warnings = await citizens.citizen_warnings(ticket=request.cookies.get(COOKIE, ""))
    except CitizenTicketExpired:
        return Redirect(visit.to(""), status_code=303)
    return await mine_page(visit, warnings, did=did)


@post("/{code:str}/warnings/mine/{step:str}", include_in_schema=False, status_code=200)
async def take_step(
    request: Request[Any, Any, Any], code: FromPath[str], step: FromPath[str], big: Big = ""
) -> Response[Any]:
    """One tap, and the page with what it did."""
    must_be_same_origin(request)
    if step not in STEPS:
        raise Unknown("There is no such page.")
    visit, ticket = await _visit(request, code, big), request.cookies.get(COOKIE, "")
    try:
        return await _take(step, visit, ticket, await typed(request))
    except CitizenTicketExpired as refusal:
        return await form_page(visit, Typed({"id": [str(uuid7())]}), tried(refusal, names={}))


async def _take(step: str, visit: Visit, ticket: str, form: Typed) -> Response[Any]:
    if step == "leaving":
        return Redirect(visit.to(""), status_code=303, cookies=[_cookie(visit, "", 0)])
    if step == "stop":
        await citizens.stop_citizen_warnings(ticket=ticket)
        return stopped_page(visit, cookie=_cookie(visit, "", 0))
    now = await citizens.citizen_warnings(ticket=ticket)
    wishes = Wishes(interests=now.interests, only_emergencies=step == "quiet")
    if step == "wishes":
        wishes = Wishes(interests=await _kept(now.interests, form))
    await citizens.change_citizen_warnings(ticket=ticket, wishes=wishes)
    return Redirect(visit.mine(did=step), status_code=303)


async def _kept(before: list[str], form: Typed) -> list[str]:
    """What was ticked, and what he has from elsewhere that the page does not offer."""
    offered = {each.value for part in await tiles() for each in part}
    others = [each for each in before if each not in offered and not each.startswith("fraud.")]
    return [*(await wishes_of(form)).interests, *others]


async def _visit(request: Request[Any, Any, Any], code: str, big: str) -> Visit:
    station = await station_codes.unit_of_station_code(code, address=address_of(request))
    return Visit(await place_of(station), quote(code), big)


def _cookie(visit: Visit, ticket: str, max_age_s: int | None = None) -> Cookie:
    """The ticket, for these pages alone."""
    lasts = int(citizen_policy(clock.today()).ticket_valid_for.total_seconds()) if max_age_s is None else max_age_s
    return Cookie(
        COOKIE,
        value=ticket,
        max_age=lasts,
        path=f"/q/{visit.code}/warnings",
        httponly=True,
        samesite="lax",
        secure=settings().public_url.startswith("https://"),
    )


def refused(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A refusal before anybody knows which station it is."""
    return refused_page(request, refusal, None)


router = Router(
    path="/q",
    route_handlers=[show_form, ask_for_code, enter_code, show_mine, take_step],
    exception_handlers={Refusal: refused},
)
