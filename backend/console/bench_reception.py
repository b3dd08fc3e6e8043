"""/console/bench/samples/new: a bag is handed in. Typed or scanned once, agreed to aloud; slip and label follow."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from backend.console import bench_consent
from backend.console import bench_labels as says
from backend.console.case_opening import NoPlace, place_of, places_of
from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, figure, identity, moment, typed
from backend.core.clock import today
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid, Refusal
from backend.core.words import say
from backend.laboratory import sample_desks, samples
from backend.laboratory.sample_schemas import NewSample
from backend.laboratory.words import RunKind, SampleConsentPurpose, SampleKind
from backend.people import stations
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.household_queries import household_of_code

PLAIN = ("kind", "code", "run_kind", "contact_name", "contact_phone", "market_lot", "plot", "land_use", "travelled")
FURTHER = frozenset({"drop_off_id", "travelled", "temperature_c", "received_at", "note"})
"""What stands folded away until somebody fills it in."""
OF_SOIL = ("land_use", "depth_top_cm", "depth_bottom_cm", "cores_n")

WRONG = {
    "kind": "Say what is in the bag: produce or soil.",
    "code": "A number of at most 60 characters; or leave it empty and one is given.",
    "contact_name": "The name is too long: at most 60 characters.",
    "contact_phone": "A telephone number has 5 to 20 digits; please look at it again, or leave it out.",
    "market_lot": "The lot is too long: at most 80 characters.",
    "plot": "What the field is called is too long: at most 60 characters.",
    "crop_said": "The crop is too long: at most 80 characters.",
    "depth_top_cm": "A depth in whole cm from 0 to 300, such as 0 or 20.",
    "depth_bottom_cm": "A depth in whole cm from 0 to 300, such as 0 or 20.",
    "cores_n": "How many cores were mixed: a whole number from 1 to 200.",
    "sampled_on": "A day looks like this: 2026-11-30.",
    "temperature_c": "A temperature between −60 and 60 °C, or nothing.",
    "note": "The note is too long: at most 200 characters.",
}
"""What to say of a field that msgspec turned away."""
FORM = {"division_code": "place", "household_id": "household", "consents": "handling", "crop_said": "crop"} | {
    "crop_code": "crop"
}
"""What a field of a sample is called in the form."""

Scanned = Annotated[str, QueryParameter(max_length=60)]


@get("/samples/new", include_in_schema=False)
async def show_reception(by: SignedIn, code: Scanned = "") -> Response[str]:
    """An empty form, of the day; with `code` for a bag that was scanned and is not known."""
    by.must_have(*samples.RECEIVERS)
    fresh = {"id": str(uuid7()), "code": code, "run_kind": RunKind.ADVICE.value, "sampled_on": today().isoformat()}
    return await _form(by, Typed({name: [value] for name, value in fresh.items()}))


@post("/samples/new", include_in_schema=False, status_code=200)
async def receive(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Take it in, then on to its slip and label. A second tap receives nothing more."""
    by.must_have(*samples.RECEIVERS)
    form = await typed(request)
    try:
        outcome = await samples.receive(new=await _new(form, by), by=by, door="page")
    except DifferentArguments as refusal:  # the next tap receives anew
        return await _form(by, Typed(form.fields | {"id": [str(uuid7())]}), Tried(told(refusal), {}, refusal.status))
    except Refusal as refusal:
        return await _form(by, form, tried(refusal, names=FORM))
    return Redirect(f"/console/bench/samples/{outcome.record.id}/slip?did=received", status_code=303)


async def _new(form: Typed, by: Actor) -> NewSample:
    """Raises Invalid (400) with every field that is wrong, so that he is asked once more and not five times."""
    wrong: dict[str, str] = {}
    given: dict[str, Any] = {name: form.get(name) or None for name in (*PLAIN, "note", "sampled_on", "drop_off_id")}
    if form.get("kind") not in tuple(SampleKind):
        wrong["kind"] = say("Say what is in the bag: produce or soil.")
    agreed = form.get("handling") == "yes"
    if not agreed and (form.get("contact_name") or form.get("contact_phone")):
        wrong["handling"] = say("Name and phone are kept only with his yes: read it to him and tick, or clear them.")
    given |= _figures(form, wrong) | {"crop_said": form.get("crop") or None} | await _where(form, by, wrong)
    if form.get("kind") == SampleKind.PRODUCE:
        given |= dict.fromkeys(OF_SOIL)
    given["wants_call"] = form.get("wants_call") == "yes"
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=[at_field(*each) for each in wrong.items()])
    said = {SampleConsentPurpose.HANDLING: agreed, SampleConsentPurpose.SHARE: form.get("share") == "yes"}
    given["consents"] = [] if form.get("market_lot") else bench_consent.consents(said)
    return fitting(NewSample, given | {"id": identity(form.get("id"))}, wrong=WRONG)


READ = {"temperature_c": figure, "depth_top_cm": figure, "depth_bottom_cm": figure, "cores_n": figure}


def _figures(form: Typed, wrong: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, read in READ.items():
        try:
            value = read(form.get(name))
        except Refusal as refusal:
            wrong[name] = told(refusal)
            continue
        given[name] = int(value) if value is not None and name != "temperature_c" and value.is_integer() else value
    try:
        given["received_at"] = moment(form.get("received_at"))
    except Refusal as refusal:
        wrong["received_at"] = told(refusal)
    return given


async def _where(form: Typed, by: Actor, wrong: dict[str, str]) -> dict[str, Any]:
    """By his household's card, by the village, or where it is handed in."""
    card, place = form.get("household"), form.get("place")
    found: dict[str, Any] = {}
    if card:
        found["household_id"] = await household_of_code(code=card.upper(), by=by)
        if found["household_id"] is None:
            wrong["household"] = say("There is no such card number here. Leave it out and name the village.")
    if place and not card:
        try:
            found["division_code"] = await place_of(place, by)
        except NoPlace as refusal:
            wrong["place"] = told(refusal)
    return found


def _samples(by: Actor) -> bool:
    return by.has(*samples.SAMPLERS)


async def _form(by: Actor, form: Typed, tried: Tried | None = None) -> Response[str]:
    return page(
        "bench/new_sample.html",
        status=tried.status if tried else 200,
        by=by,
        form=form,
        tried=tried,
        kinds=says.choices(says.KINDS),
        land_uses=says.choices(says.LAND_USES),
        temperatures=says.choices(says.TEMPERATURES),
        run_kinds=[each for each in says.choices(says.RUN_KINDS) if each[0] == RunKind.ADVICE or _samples(by)],
        crops=says.crops(),
        places=await places_of(by),
        desks=[(str(each.id), each.name) for each in await stations.list_desks(by=by)],
        own_desk=await sample_desks.own_desk(by),
        texts=bench_consent.texts(),
        unfolded=any(form.get(name) for name in FURTHER) or (tried is not None and bool(tried.at.keys() & FURTHER)),
        today=today(),
    )


HANDLERS = (show_reception, receive)
