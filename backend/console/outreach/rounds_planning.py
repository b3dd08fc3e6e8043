"""/console/outreach/rounds/new: plan a round, and see how many villages and households it covers before it is made."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from backend.antifraud import rounds
from backend.antifraud.outreach_places import PLANNERS
from backend.antifraud.outreach_villages import RoundForecast, forecast
from backend.antifraud.round_schemas import NewRound
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.outreach import outreach_labels as says
from backend.console.outreach.outreach_places import DIVISIONS, place_field, place_of
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Refusal
from backend.people.actors import Actor
from backend.people.guards import SignedIn

USUAL = timedelta(days=30)
WRONG = {
    "name": "Give the round a name of at most 120 characters, such as 秋收反诈大走访.",
    "begins_on": "A day looks like this: 2026-11-30.",
    "ends_on": "A day looks like this: 2026-11-30.",
    "fraud_type": "Choose a kind of fraud from the list, or all.",
}
FORM = {"division_code": "village"}
FIELDS = ("id", "name", "village", "village_was", "division_code", "fraud_type", "begins_on", "ends_on")


@get("/outreach/rounds/new", include_in_schema=False)
async def show_planning(by: SignedIn) -> Response[str]:
    """An empty form, from today on."""
    by.must_have(*PLANNERS)
    today = clock.today()
    fresh = {"id": str(uuid7()), "begins_on": str(today), "ends_on": str(today + USUAL)}
    return await _form(by, Typed({name: [value] for name, value in fresh.items()}))


@post("/outreach/rounds/new", include_in_schema=False, status_code=200)
async def plan(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """`step`: edit, look at what it covers, or plan it. A second tap plans no second one."""
    by.must_have(*PLANNERS)
    form = await typed(request)
    if form.get("step") == "edit":
        return await _form(by, form)
    try:
        return await _look_or_plan(by, form)
    except DifferentArguments as refusal:  # the next tap plans anew
        return await _form(by, Typed(form.fields | {"id": [str(uuid7())]}), Tried(told(refusal), {}, refusal.status))
    except Refusal as refusal:
        return await _form(by, form, tried(refusal, names=FORM))


async def _look_or_plan(by: Actor, form: Typed) -> Response[Any]:
    code = await place_of(form, by=by, roles=PLANNERS, levels=DIVISIONS)
    facts: dict[str, Any] = {name: form.get(name) for name in ("name", "begins_on", "ends_on")}
    facts |= {"division_code": code, "fraud_type": form.get("fraud_type") or None, "id": identity(form.get("id"))}
    new = fitting(NewRound, facts, wrong=WRONG)
    if form.get("step") != "plan":
        rounds.check_round(new)
        return _look(by, form, new, await forecast(division_code=code, by=by))
    made = await rounds.plan_round(new=new, by=by)
    return Redirect(f"/console/outreach/rounds/{made.record.id}?did=planned", status_code=303)


def _look(by: Actor, form: Typed, new: NewRound, covers: RoundForecast) -> Response[str]:
    fields = {name: form.get(name) for name in FIELDS} | {"division_code": new.division_code}
    fields["village_was"] = fields["village"]
    days = (new.ends_on - new.begins_on).days + 1
    return page("outreach/plan_look.html", by=by, says=says, new=new, covers=covers, fields=fields, days=days)


async def _form(by: Actor, form: Typed, tried: Tried | None = None) -> Response[str]:
    return page(
        "outreach/plan.html",
        status=tried.status if tried else 200,
        by=by,
        says=says,
        form=form,
        tried=tried,
        where=await place_field(form, by=by, roles=PLANNERS, levels=DIVISIONS),
        types=says.fraud_types(clock.today()),
        today=clock.today(),
    )


HANDLERS = (show_planning, plan)
