"""/console/clinic/new: somebody calls or comes about a sick crop; it is typed once while he speaks, without a photo."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery

from backend.cases.words import Channel
from backend.console import case_labels, diagnosis_labels, intake_consent
from backend.console.case_opening import NoPlace, place_of, places_of
from backend.console.desk.rung_back import rung_back
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.paper import receipt_page
from backend.console.refused import told
from backend.console.typed import Typed, figure, identity, moment, typed
from backend.core.clock import today
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid, Refusal
from backend.core.words import say
from backend.diagnosis.reference import crops
from backend.diagnosis.request_schemas import NewRequest
from backend.diagnosis.requests import request_diagnosis
from backend.diagnosis.words import ConsentPurpose, Topic
from backend.hotline.call_schemas import SayFirst
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.household_queries import household_of_code
from backend.people.tables import Role

TAKES_CALLS = (Role.OPERATOR, Role.TECHNICIAN, Role.EXPERT, Role.CADRE)
CHANNELS = (Channel.PHONE, Channel.WALK_IN, Channel.MARKET_STALL)
PLAIN = ("crop_code", "topic", "growth_stage", "organ", "contact_name", "contact_phone", "place_note", "onset_on")
WRITTEN = ("symptoms", "treatments", "weather_note")
FURTHER = frozenset({"treatments", "weather_note", "onset_on", "place_note", "asked_at"})
"""What stands folded away until somebody fills it in."""

READ: dict[str, Callable[[str], Any]] = {"area_mu": figure, "asked_at": moment}
WRONG = {
    "symptoms": "What he says is too long: at most 2000 characters.",
    "treatments": "This is too long: at most 1000 characters.",
    "weather_note": "This is too long: at most 500 characters.",
    "area_mu": "How much land, in mu: a number above 0, such as 3 or 1.5.",
    "contact_name": "The name is too long: at most 60 characters.",
    "contact_phone": "A telephone number has 5 to 20 digits; please look at it again, or leave it out.",
    "place_note": "The exact place is too long: at most 200 characters.",
    "onset_on": "A day looks like this: 2026-11-30.",
}
"""What to say of a field that msgspec turned away."""


@get("/clinic/new", include_in_schema=False)
async def show_intake(by: SignedIn, call: FromQuery[UUID | None] = None) -> Response[str]:
    """An empty form. `call`: the one in which it is said, to go back to."""
    by.must_have(*TAKES_CALLS)
    channel = Channel.PHONE if by.has(Role.OPERATOR) else Channel.WALK_IN
    return await question_form(by, {"channel": channel.value, "call": str(call or "")})


async def question_form(by: Actor, fields: dict[str, str], *, say_first: SayFirst | None = None) -> Response[str]:
    """A form in which this is filled in already. `say_first`: there were words of an emergency in what he said."""
    by.must_have(*TAKES_CALLS)
    form = Typed({"id": [str(uuid7())]} | {name: [value] for name, value in fields.items()})
    return await _form(by, form, say_first=say_first)


@post("/clinic/new", include_in_schema=False, status_code=200)
async def take_in(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Ask for him, and show the receipt to be read out or printed. A second tap asks nothing more."""
    by.must_have(*TAKES_CALLS)
    form = await typed(request)
    try:
        outcome = await request_diagnosis(new=await _new(form, by), by=by, door="page")
    except DifferentArguments as refusal:  # the next tap asks anew
        fresh = Typed(form.fields | {"id": [str(uuid7())]})
        return await _form(by, fresh, Tried(told(refusal), {}, refusal.status))
    except Refusal as refusal:
        return await _form(by, form, tried(refusal, names=FORM))
    made = outcome.record
    return receipt_page(
        request,
        by=by,
        case=made.request.case,
        secret=made.secret,
        template="intake/done.html",
        asked=made.request,
        call=form.get("call"),
        wrap_up="diagnosis_asked",
        rung=await rung_back(form.get("callback"), made.request.case.id, by),
    )


async def _new(form: Typed, by: Actor) -> NewRequest:
    """Raises Invalid (400) with every field that is wrong, so that he is asked once more and not five times."""
    wrong: dict[str, str] = {}
    given: dict[str, Any] = {name: form.get(name) for name in PLAIN + WRITTEN if form.get(name)}
    channel = form.get("channel")
    if channel not in CHANNELS:
        wrong["channel"] = say("Say how he came: by telephone, to the desk, or at the stall.")
    if not form.get("crop_code"):
        wrong["crop_code"] = say("Which crop is it? Choose from the list.")
    if not form.get("symptoms"):
        wrong["symptoms"] = say("Write down in a few words what he says.")
    if form.get("handling") != "yes":
        wrong["handling"] = say("Read it to him and tick what he says. Without his yes nobody may look at it.")
    for name, read in READ.items():
        try:
            given[name] = read(form.get(name))
        except Refusal as refusal:
            wrong[name] = told(refusal)
    given |= await _where(form, by, wrong)
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=[at_field(*each) for each in wrong.items()])
    said = {ConsentPurpose.HANDLING: True, ConsentPurpose.LEARNING: form.get("learning") == "yes"}
    given |= {"channel": channel, "consents": intake_consent.consents(channel=Channel(channel), given=said)}
    return fitting(NewRequest, given | {"id": identity(form.get("id"))}, wrong=WRONG)


async def _where(form: Typed, by: Actor, wrong: dict[str, str]) -> dict[str, Any]:
    """By his household's card, by the village, or at the desk's own place."""
    card, place = form.get("household"), form.get("place")
    if card:
        household_id = await household_of_code(code=card.upper(), by=by)
        if household_id is None:
            wrong["household"] = say("There is no such card number here. Leave it out and name the village.")
        return {"household_id": household_id}
    if not place and any(held.unit_id for held in by.held if held.role in TAKES_CALLS):
        return {}
    try:
        return {"division_code": await place_of(place, by)}
    except NoPlace as refusal:
        wrong["place"] = told(refusal)
        return {}


FORM = {"division_code": "place", "household_id": "household", "consents": "handling"}
"""What a field of a request is called in the form."""


async def _form(
    by: Actor, form: Typed, tried: Tried | None = None, *, say_first: SayFirst | None = None
) -> Response[str]:
    return page(
        "intake/new.html",
        status=tried.status if tried else 200,
        by=by,
        form=form,
        tried=tried,
        say_first=say_first,
        channels=case_labels.choices({each: case_labels.CHANNELS[each] for each in CHANNELS}),
        crops=[(each.code, diagnosis_labels.name(each)) for each in (await crops()).on(today())],
        topics=diagnosis_labels.choices(diagnosis_labels.TOPICS),
        organs=diagnosis_labels.choices(diagnosis_labels.ORGANS),
        stages=diagnosis_labels.choices(diagnosis_labels.GROWTH_STAGES),
        unsure=Topic.UNSURE.value,
        places=await places_of(by),
        texts=intake_consent.texts(),
        unfolded=any(form.get(name) for name in FURTHER) or (tried is not None and bool(tried.at.keys() & FURTHER)),
        today=today(),
    )


router = Router(path="/console", route_handlers=[show_intake, take_in])
