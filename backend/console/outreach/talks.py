"""/console/outreach/talks: talks with residents. Where, what about, how many; nobody's name."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from msgspec import ValidationError, convert

from backend.antifraud import rounds, talks
from backend.antifraud.outreach_places import RECORDERS
from backend.antifraud.outreach_schemas import NewTalk
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.forms import Filled, filled
from backend.console.outreach import outreach_labels as says
from backend.console.outreach import talks_taking as taking
from backend.console.outreach.outreach_places import PLACES, full_names, named, place_field, townships
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn

TownshipQuery = Annotated[str, QueryParameter(pattern=r"^(\d{12})?$", max_length=12)]
After = Annotated[str, QueryParameter(max_length=400)]
Did = Annotated[str, QueryParameter(max_length=20)]
ROUNDS = 20
WRONG = {
    "place": taking.PLACE_WRONG,
    "headcount": "How many people came: a whole number from 1 on.",
    "fraud_type": "Choose a kind of fraud from the list, or all.",
    "round_id": "Choose a round from the list, or none.",
}


@get("/outreach/talks", include_in_schema=False)
async def show_talks(by: SignedIn, township: TownshipQuery = "", after: After = "", did: Did = "") -> Response[str]:
    """The newest first."""
    found = await talks.list_talks(by=by, division_code=township or None, limit=taking.SHOWN, cursor=after or None)
    return page(
        "outreach/talks.html",
        by=by,
        says=says,
        rows=found.items,
        next_page=found.next_cursor,
        names=await full_names({each.division_code for each in found.items}),
        photos=await taking.photos_of((each.photo_id for each in found.items), by),
        may_record=by.has(*RECORDERS),
        townships=await townships(by),
        township=township,
        told=say("The talk is written down.") if did == "recorded" else None,
    )


@get("/outreach/talks/new", include_in_schema=False)
async def show_new(by: SignedIn, village: TownshipQuery = "") -> Response[str]:
    """An empty form, of now."""
    by.must_have(*RECORDERS)
    return await _form(by, taking.fresh(await named(village)))


@post("/outreach/talks/new", include_in_schema=False, status_code=200, request_max_body_size=None)
async def record(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """A second tap writes down no second one."""
    by.must_have(*RECORDERS)
    async with filled(request) as form:
        try:
            await talks.record_talk(new=await _new(form, by), by=by)
        except DifferentArguments as refusal:
            return await _form(by, taking.anew(form), Tried(told(refusal), {}, refusal.status))
        except Refusal as refusal:
            return await _form(by, form, tried(refusal, names=taking.FORM))
    return Redirect("/console/outreach/talks?did=recorded", status_code=303)


async def _new(form: Filled, by: Actor) -> NewTalk:
    facts = await taking.facts(form, by)
    facts |= {name: form.get(name) or None for name in ("fraud_type", "round_id")}
    return fitting(NewTalk, facts | {"headcount": heads(form.get("headcount"))}, wrong=WRONG)


def heads(text: str) -> Any:
    """A number as it is typed, 86人 too; what is none stays for the form to say so."""
    try:
        return convert(text.strip("人张份 "), int, strict=False)
    except ValidationError:
        return text


async def _form(by: Actor, form: Filled, tried: Tried | None = None) -> Response[str]:
    today = clock.today()
    running = (await rounds.list_rounds(by=by, running=True, limit=ROUNDS)).items
    return page(
        "outreach/talk.html",
        status=tried.status if tried else 200,
        by=by,
        form=form,
        tried=tried,
        where=await place_field(form, by=by, roles=RECORDERS, levels=PLACES),
        types=says.fraud_types(today),
        rounds=[(str(each.id), each.name) for each in running if each.begins_on <= today],
    )


HANDLERS = (show_talks, show_new, record)
