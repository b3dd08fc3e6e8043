"""/console/outreach/checks: what the supervision groups found, what waits to be put right, and that it was."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.antifraud import checks
from backend.antifraud.outreach_places import RECORDERS, holds
from backend.antifraud.outreach_schemas import NewFix, NewSupervisionCheck, SupervisionCheckRecord
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.outreach import outreach_labels as says
from backend.console.outreach.outreach_places import VILLAGES, full_names, named, place_field, place_of, townships
from backend.console.outreach.talks import After, Did, TownshipQuery, heads
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.paging import MAX_LIMIT
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import say
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn

SHOWN = 20
SAID = {"recorded": "The check is written down.", "fixed": "Written down: it is put right."}
WRONG = {
    "group_number": "Choose the group.",
    "on": "A day looks like this: 2026-11-30.",
    "fix_by": "A day looks like this: 2026-11-30.",
    "finding": "Say what you found, in at most 2,000 characters; no name and no number of a resident.",
    "fixed_on": "A day looks like this: 2026-11-30.",
    "note": "Say how it was put right, in at most 400 characters.",
}
FORM = {"division_code": "village"}


@get("/outreach/checks", include_in_schema=False)
async def show_checks(by: SignedIn, township: TownshipQuery = "", after: After = "", did: Did = "") -> Response[str]:
    """What is to be put right first, the longest overdue on top; then all the rest, the newest first."""
    return await _page(by, township=township, after=after, told=say(SAID[did]) if did in SAID else None)


@post("/outreach/checks/{check_id:uuid}/fix", include_in_schema=False, status_code=200)
async def fix(by: SignedIn, check_id: FromPath[UUID], request: Request[Any, Any, Any]) -> Response[Any]:
    """整改好了. A second tap changes nothing."""
    form = await typed(request)
    try:
        given = fitting(NewFix, {name: form.get(name) for name in ("fixed_on", "note")}, wrong=WRONG)
        await checks.fix_check(check_id=check_id, fix=given, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, fixing=check_id, form=form, tried=tried(refusal, names={}))
    return Redirect("/console/outreach/checks?did=fixed", status_code=303)


async def _page(
    by: Actor,
    *,
    township: str = "",
    after: str = "",
    told: str | None = None,
    fixing: UUID | None = None,
    form: Typed | None = None,
    tried: Tried | None = None,
) -> Response[str]:
    place = township or None
    open_ = await checks.list_checks(by=by, division_code=place, to_fix=True, limit=MAX_LIMIT)
    rest = await checks.list_checks(by=by, division_code=place, to_fix=False, limit=SHOWN, cursor=after or None)
    to_fix = sorted(open_.items, key=_due)
    return page(
        "outreach/checks.html",
        status=tried.status if tried else 200,
        by=by,
        says=says,
        to_fix=to_fix,
        overdue_n=sum(each.overdue for each in to_fix),
        rest=rest.items,
        next_page=rest.next_cursor,
        names=await full_names({each.division_code for each in [*to_fix, *rest.items]}),
        may_fix={each.id for each in to_fix if holds(by, each.division_code, RECORDERS)},
        may_check=by.has(*OVERSEERS),
        townships=await townships(by),
        township=township,
        told=told,
        fixing=fixing,
        form=form or Typed({"fixed_on": [str(clock.today())]}),
        tried=tried,
        today=clock.today(),
    )


def _due(one: SupervisionCheckRecord) -> Any:
    return one.fix_by, one.division_code


@get("/outreach/checks/new", include_in_schema=False)
async def show_new(by: SignedIn, village: TownshipQuery = "") -> Response[str]:
    """An empty form, of today."""
    by.must_have(*OVERSEERS)
    given = {"id": str(uuid7()), "on": str(clock.today())} | await named(village)
    return await _form(by, Typed({name: [value] for name, value in given.items()}))


@post("/outreach/checks/new", include_in_schema=False, status_code=200)
async def record(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """A second tap writes down no second one."""
    by.must_have(*OVERSEERS)
    form = await typed(request)
    try:
        await checks.record_check(new=await _new(form, by), by=by)
    except DifferentArguments as refusal:
        return await _form(by, Typed(form.fields | {"id": [str(uuid7())]}), Tried(told(refusal), {}, refusal.status))
    except Refusal as refusal:
        return await _form(by, form, tried(refusal, names=FORM))
    return Redirect("/console/outreach/checks?did=recorded", status_code=303)


async def _new(form: Typed, by: Actor) -> NewSupervisionCheck:
    facts = {
        "id": identity(form.get("id")),
        "division_code": await place_of(form, by=by, roles=OVERSEERS, levels=VILLAGES),
        "group_number": heads(form.get("group_number")),
        "on": form.get("on"),
        "finding": form.get("finding"),
        "fix_by": form.get("fix_by") or None,
    }
    return fitting(NewSupervisionCheck, facts, wrong=WRONG)


async def _form(by: Actor, form: Typed, tried: Tried | None = None) -> Response[str]:
    return page(
        "outreach/check_new.html",
        status=tried.status if tried else 200,
        by=by,
        says=says,
        form=form,
        tried=tried,
        where=await place_field(form, by=by, roles=OVERSEERS, levels=VILLAGES),
        today=clock.today(),
    )


HANDLERS = (show_checks, fix, show_new, record)
