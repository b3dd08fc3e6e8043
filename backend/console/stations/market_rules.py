"""/console/stations/{id}/market-rules: what a market goes by, tried out on the days to come before it is set."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.stations import words
from backend.console.stations.markets import HERE
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_schemas import NewMarketRule, RuleEnding
from backend.rosters.market_setting import end_market_rule, list_market_rules, preview_market_rule, set_market_rule
from backend.rosters.station_lists import station_overview
from backend.rosters.station_places import must_lead
from backend.rosters.station_words import MarketRuleKind

KINDS = {
    MarketRuleKind.LUNAR_DIGIT: (Term("By the last digit of the lunar day"), range(1, 11)),
    MarketRuleKind.SOLAR_DIGIT: (Term("By the last digit of the day of the month"), range(1, 11)),
    MarketRuleKind.WEEKDAY: (Term("By the day of the week"), range(1, 8)),
    MarketRuleKind.BRANCH: (Term("By the branch of the day"), range(1, 13)),
    MarketRuleKind.DATES: (Term("On named days, such as a fair"), range(0)),
}
A_LINE = Term("One day a line: 2027-02-22.")
WRONG = {
    "kind": Term("Choose what the market goes by."),
    "valid_from": Term("Choose a day."),
    "valid_to": Term("Choose a day."),
    "source": Term("Say who said so: the notice, its day."),
    "dates": A_LINE,
    "numbers": Term("Tick the days."),
}
SHOWN = 36


@get("/{unit_id:uuid}/market-rules", include_in_schema=False)
async def show_rules(by: SignedIn, unit_id: FromPath[UUID]) -> Response[str]:
    """The rules that stand, and the form of a new one. Raises NotYourStation (403), UnitUnknown (404)."""
    return await _page(by, unit_id)


@post("/{unit_id:uuid}/market-rules", include_in_schema=False, status_code=200)
async def set_rule(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Response[Any]:
    """First a look at the days it names, then set; a second tap is the same rule."""
    form = await typed(request)
    try:
        new = _new(form)
        days = preview_market_rule(new)
        if form.get("step") != "set" or form.get("looked") != _digest(new):
            return await _page(by, unit_id, form=form, new=new, days=days)
        await set_market_rule(id=identity(form.get("id")), market_id=unit_id, new=new, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, unit_id, form=form, refused=tried(refusal, names={}))
    return Redirect(f"/console/stations/{unit_id}?did=rule#market", status_code=303)


@post("/{unit_id:uuid}/market-rules/{rule_id:uuid}/ending", include_in_schema=False, status_code=200)
async def end_rule(
    by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID], rule_id: FromPath[UUID]
) -> Response[Any]:
    """The last day on which it holds; one before its first takes it back."""
    form = await typed(request)
    try:
        ending = fitting(RuleEnding, {"valid_to": form.get("valid_to")}, wrong=WRONG)
    except Refusal as refusal:
        return await _page(by, unit_id, form=form, refused=tried(refusal, names={"valid_to": f"end-{rule_id}"}))
    await end_market_rule(rule_id=rule_id, valid_to=ending.valid_to, by=by)
    return Redirect(f"{HERE}?market={unit_id}&did=ended", status_code=303)


def _new(form: Typed) -> NewMarketRule:
    """What was filled in; numbers of the kind that was chosen alone. Raises Invalid (400)."""
    kind = form.get("kind")
    given = {
        "kind": kind,
        "valid_from": form.get("valid_from"),
        "valid_to": form.get("valid_to") or None,
        "source": form.get("source"),
        "numbers": [int(each) for each in form.all(kind) if each.isdecimal()],
        "dates": _dates(form) if kind == MarketRuleKind.DATES else [],
        "short_month": form.get("short_month") or None,
        "held_on_new_year": bool(form.get("held_on_new_year")),
        "beside": bool(form.get("beside")),
    }
    return fitting(NewMarketRule, given, wrong=WRONG)


def _dates(form: Typed) -> list[date]:
    try:
        return [date.fromisoformat(line.replace("/", "-")) for line in form.get("dates").split()]
    except ValueError as error:
        raise Invalid("Please look at the marked fields.", errors=[at_field("dates", say(A_LINE))]) from error


def _digest(new: NewMarketRule) -> str:
    """Of what the page showed the days of, so that no rule is set unseen."""
    return hashlib.sha256(msgspec.json.encode(new)).hexdigest()


async def _page(
    by: Actor,
    unit_id: UUID,
    *,
    form: Typed | None = None,
    new: NewMarketRule | None = None,
    days: list[date] | None = None,
    refused: Tried | None = None,
) -> Response[str]:
    station = await station_overview(unit_id=unit_id, by=by)
    must_lead(station.division_code, by=by)
    return page(
        "stations/market_rules.html",
        status=refused.status if refused else 200,
        by=by,
        station=station,
        rules=await list_market_rules(market_id=unit_id, by=by),
        kinds=[(kind, say(label), numbers) for kind, (label, numbers) in KINDS.items()],
        form=form or Typed({"valid_from": [clock.today().isoformat()], "kind": [MarketRuleKind.LUNAR_DIGIT.value]}),
        id=form.get("id") if form and form.get("id") else uuid7(),
        looked=_digest(new) if new else "",
        days=days,
        shown=SHOWN,
        words=words,
        lunar=lunar_text,
        today=clock.today(),
        refused=refused,
    )


HANDLERS = (show_rules, set_rule, end_rule)
