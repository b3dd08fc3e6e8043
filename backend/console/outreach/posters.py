"""/console/outreach/posters: posters, how many and where, with a photo of the place and of nobody."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from backend.antifraud import talks
from backend.antifraud.outreach_places import RECORDERS
from backend.antifraud.outreach_schemas import NewPosters
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.forms import Filled, filled
from backend.console.outreach import outreach_labels as says
from backend.console.outreach import talks_taking as taking
from backend.console.outreach.outreach_places import PLACES, full_names, named, place_field, townships
from backend.console.outreach.talks import After, Did, TownshipQuery, heads
from backend.console.pages import page
from backend.console.refused import told
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn

WRONG = {"place": taking.PLACE_WRONG, "posters_n": "How many posters hang there: a whole number from 1 on."}


@get("/outreach/posters", include_in_schema=False)
async def show_posters(by: SignedIn, township: TownshipQuery = "", after: After = "", did: Did = "") -> Response[str]:
    """The newest first, with their photos."""
    found = await talks.list_posters(by=by, division_code=township or None, limit=taking.SHOWN, cursor=after or None)
    return page(
        "outreach/posters.html",
        by=by,
        says=says,
        rows=found.items,
        next_page=found.next_cursor,
        names=await full_names({each.division_code for each in found.items}),
        photos=await taking.photos_of((each.photo_id for each in found.items), by),
        may_record=by.has(*RECORDERS),
        townships=await townships(by),
        township=township,
        told=say("The posters are written down.") if did == "recorded" else None,
    )


@get("/outreach/posters/new", include_in_schema=False)
async def show_new(by: SignedIn, village: TownshipQuery = "") -> Response[str]:
    """An empty form, of now."""
    by.must_have(*RECORDERS)
    return await _form(by, taking.fresh(await named(village)))


@post("/outreach/posters/new", include_in_schema=False, status_code=200, request_max_body_size=None)
async def record(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """A second tap writes down no second ones."""
    by.must_have(*RECORDERS)
    async with filled(request) as form:
        try:
            await talks.record_posters(new=await _new(form, by), by=by)
        except DifferentArguments as refusal:
            return await _form(by, taking.anew(form), Tried(told(refusal), {}, refusal.status))
        except Refusal as refusal:
            return await _form(by, form, tried(refusal, names=taking.FORM))
    return Redirect("/console/outreach/posters?did=recorded", status_code=303)


async def _new(form: Filled, by: Actor) -> NewPosters:
    facts = await taking.facts(form, by)
    return fitting(NewPosters, facts | {"posters_n": heads(form.get("posters_n"))}, wrong=WRONG)


async def _form(by: Actor, form: Filled, tried: Tried | None = None) -> Response[str]:
    return page(
        "outreach/poster.html",
        status=tried.status if tried else 200,
        by=by,
        form=form,
        tried=tried,
        where=await place_field(form, by=by, roles=RECORDERS, levels=PLACES),
    )


HANDLERS = (show_posters, show_new, record)
