"""/console/outreach/coverage: how many of a village say that they have the app. Two numbers, no duty and no ranking."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.antifraud import coverages
from backend.antifraud.outreach_places import RECORDERS, holds
from backend.antifraud.outreach_schemas import NewAppCoverage
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.outreach import outreach_labels as says
from backend.console.outreach.outreach_places import VILLAGES, full_names, named, place_field, place_of, townships
from backend.console.outreach.talks import After, Did, TownshipQuery, heads
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn

SHOWN = 40
WRONG = {
    "with_app_n": "How many say that they have it: a whole number, 0 too.",
    "asked_n": "How many were asked: a whole number, five at least. Fewer would tell of somebody.",
    "on": "A day looks like this: 2026-11-30.",
    "source": "Say how it was counted, in at most 200 characters, such as 村民大会举手.",
}
FORM = {"division_code": "village"}


@get("/outreach/coverage", include_in_schema=False)
async def show_coverage(by: SignedIn, township: TownshipQuery = "", after: After = "") -> Response[str]:
    """Villages in the order of their codes, never by how many."""
    found = await coverages.list_app_coverage(by=by, division_code=township or None, limit=SHOWN, cursor=after or None)
    return page(
        "outreach/coverage.html",
        by=by,
        says=says,
        rows=found.items,
        next_page=found.next_cursor,
        names=await full_names([each.division_code for each in found.items]),
        may_record=by.has(*RECORDERS),
        townships=await townships(by),
        township=township,
    )


@get("/outreach/coverage/{village:str}", include_in_schema=False)
async def show_village(by: SignedIn, village: FromPath[str], after: After = "", did: Did = "") -> Response[str]:
    """All counts of one village, the last written down first."""
    found = await coverages.list_counts(division_code=village, by=by, limit=SHOWN, cursor=after or None)
    return page(
        "outreach/coverage_village.html",
        by=by,
        says=says,
        village=village,
        name=(await full_names([village]))[village],
        rows=found.items,
        next_page=found.next_cursor,
        may_record=holds(by, village, RECORDERS),
        told=say("The count is written down.") if did == "recorded" else None,
    )


@get("/outreach/coverage/new", include_in_schema=False)
async def show_new(by: SignedIn, village: TownshipQuery = "") -> Response[str]:
    """An empty form, of today."""
    by.must_have(*RECORDERS)
    given = {"id": str(uuid7()), "on": str(clock.today())} | await named(village)
    return await _form(by, Typed({name: [value] for name, value in given.items()}))


@post("/outreach/coverage/new", include_in_schema=False, status_code=200)
async def record(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """A second tap writes down no second count."""
    by.must_have(*RECORDERS)
    form = await typed(request)
    try:
        made = await coverages.record_app_coverage(new=await _new(form, by), by=by)
    except DifferentArguments as refusal:
        return await _form(by, Typed(form.fields | {"id": [str(uuid7())]}), Tried(told(refusal), {}, refusal.status))
    except Refusal as refusal:
        return await _form(by, form, tried(refusal, names=FORM))
    return Redirect(f"/console/outreach/coverage/{made.record.division_code}?did=recorded", status_code=303)


async def _new(form: Typed, by: Actor) -> NewAppCoverage:
    facts = {
        "id": identity(form.get("id")),
        "division_code": await place_of(form, by=by, roles=RECORDERS, levels=VILLAGES),
        "with_app_n": heads(form.get("with_app_n")),
        "asked_n": heads(form.get("asked_n")),
        "on": form.get("on"),
        "source": form.get("source"),
    }
    return fitting(NewAppCoverage, facts, wrong=WRONG)


async def _form(by: Actor, form: Typed, tried: Tried | None = None) -> Response[str]:
    return page(
        "outreach/coverage_new.html",
        status=tried.status if tried else 200,
        by=by,
        form=form,
        tried=tried,
        where=await place_field(form, by=by, roles=RECORDERS, levels=VILLAGES),
        today=clock.today(),
    )


HANDLERS = (show_coverage, show_new, record, show_village)
