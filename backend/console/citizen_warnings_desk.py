"""/console/citizen-warnings: a farmer telephones or stands there and wants warnings by text message, or none any more.

GET  /console/citizen-warnings        his number, village, what he wants; the text is read out to him
POST /console/citizen-warnings        has six digits sent to him
POST /console/citizen-warnings/code   the digits that he tells: registered, or stopped
"""

from typing import Any

from litestar import Request, Response, Router, get, post

from backend.console.case_opening import NoPlace, place_of, places_of
from backend.console.citizen_warnings_form import ticked_of, tiles, wishes_of
from backend.console.form_refusals import Tried, at_field, tried
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity, typed
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid, Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.household_tables import ConsentChannel
from backend.people.tables import Role
from backend.push import citizen_codes, citizen_consent, citizens
from backend.push.citizen_codes import DESKS
from backend.push.citizen_refusals import CodeRefused
from backend.push.citizen_schemas import NewDeskCode, NewDeskRegistration, Opening

CHANNELS = {ConsentChannel.CALL: Term("He is on the telephone"), ConsentChannel.DESK: Term("He stands here")}
STOP = "stop"


@get("/citizen-warnings", include_in_schema=False)
async def show_desk(by: SignedIn) -> Response[str]:
    """An empty form."""
    by.must_have(*DESKS)
    channel = ConsentChannel.CALL if by.has(Role.OPERATOR) else ConsentChannel.DESK
    return await _form(by, Typed({"id": [str(uuid7())], "channel": [channel.value]}))


@post("/citizen-warnings", include_in_schema=False, status_code=200)
async def send_code(by: SignedIn, request: Request[Any, Any, Any]) -> Response[str]:
    """The digits go to him; a second tap sends nothing more."""
    by.must_have(*DESKS)
    form = await typed(request)
    try:
        made = await citizen_codes.request_code_at_desk(new=await _new(form, by), by=by)
    except Refusal as refusal:
        if isinstance(refusal, DifferentArguments):  # another number on the same page: the next tap is a new one
            form = Typed(form.fields | {"id": [str(uuid7())]})
        return await _form(by, form, tried(refusal, names={"division_code": "place"}))
    return await _code_form(by, form, shown=made.record.shown)


async def _new(form: Typed, by: Actor) -> NewDeskCode:
    """Raises Invalid (400) with every field that is wrong."""
    wrong: dict[str, str] = {}
    place = ""
    try:
        place = await place_of(form.get("place"), by)
    except NoPlace as refusal:
        wrong["place"] = told(refusal)
    if not form.get("phone"):
        wrong["phone"] = say("Write down his mobile number.")
    if form.get("agree") != "yes" and form.get("do") != STOP:
        wrong["agree"] = say("Read it to him and tick what he says. Without his yes nothing is sent.")
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=[at_field(*each) for each in wrong.items()])
    return NewDeskCode(id=identity(form.get("id")), phone=form.get("phone"), division_code=place)


@post("/citizen-warnings/code", include_in_schema=False, status_code=200)
async def enter_code(by: SignedIn, request: Request[Any, Any, Any]) -> Response[str]:
    """What he told; a second tap changes nothing."""
    by.must_have(*DESKS)
    form = await typed(request)
    try:
        done = await _do(form, by)
    except CodeRefused as refusal:
        return await _code_form(by, form, tried=tried(refusal, names={}))
    except Refusal as refusal:
        return await _form(by, Typed(form.fields | {"id": [str(uuid7())]}), tried(refusal, names={}))
    return page("citizens/done.html", by=by, stopped=done is None, warnings=done)


async def _do(form: Typed, by: Actor) -> Any:
    code_id, digits = identity(form.get("id")), form.get("code")
    if form.get("do") == STOP:
        await citizens.stop_at_desk(opening=Opening(code_id=code_id, code=digits), by=by)
        return None
    channel = ConsentChannel.CALL if form.get("channel") == ConsentChannel.CALL else ConsentChannel.DESK
    new = NewDeskRegistration(
        code_id=code_id,
        code=digits,
        text_version=form.get("text_version"),
        wishes=await wishes_of(form),
        channel=channel,
    )
    return (await citizens.register_at_desk(new=new, by=by)).record.warnings


async def _form(by: Actor, form: Typed, tried: Tried | None = None) -> Response[str]:
    pictured, others = await tiles()
    return page(
        "citizens/desk.html",
        status=tried.status if tried else 200,
        by=by,
        form=form,
        tried=tried,
        channels=[(value.value, say(words)) for value, words in CHANNELS.items()],
        pictured=pictured,
        others=others,
        places=await places_of(by),
        consent=citizen_consent.to_be_read_out(),
    )


async def _code_form(by: Actor, form: Typed, *, shown: str | None = None, tried: Tried | None = None) -> Response[str]:
    wishes = await wishes_of(form)
    return page(
        "citizens/code.html",
        status=tried.status if tried else 200,
        by=by,
        form=form,
        tried=tried,
        ticked=ticked_of(wishes),
        stops=form.get("do") == STOP,
        shown=shown,
    )


router = Router(path="/console", route_handlers=[show_desk, send_code, enter_code])
