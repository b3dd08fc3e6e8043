"""/console/stations/stalls: when deputies are at the market and at the station, who goes, and what was announced."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.stations import near, words
from backend.console.typed import Typed, typed
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.duty import who_is_on_duty
from backend.rosters.duty_schemas import OnDuty
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_schemas import RuleEnding
from backend.rosters.stall_days import confirm_stall_day, list_stall_days
from backend.rosters.stall_queries import places_with_stalls
from backend.rosters.stall_schemas import StallDayRecord, StallRuleRecord, ToldStall
from backend.rosters.stall_setting import end_stall_rule, list_stall_rules
from backend.rosters.station_hours_rules import minute
from backend.rosters.station_words import DayState
from backend.rosters.units import may_lead

HERE = "/console/stations/stalls"
ROWS = 12
TOLD = {
    "held": Term("It is confirmed and will be announced."),
    "off": Term("It is called off; whoever was told of it is told so."),
    "set": Term("The rule is set; its days are reckoned."),
    "ended": Term("The rule ends; days to come that nobody confirmed are taken back."),
}
WRONG = {
    "on": Term("Choose a day."),
    "note": Term("A note has up to 120 characters."),
    "valid_to": Term("Choose a day."),
}
PlaceCode = Annotated[str, QueryParameter(name="place", pattern="^([0-9]{12})?$", max_length=12)]
After = Annotated[str, QueryParameter(max_length=400)]
Did = Annotated[str, QueryParameter(max_length=12)]


class Shown(Struct, frozen=True):
    """A day with who goes, whether the reader decides about it, and what is or will be announced."""

    day: StallDayRecord
    goes: list[OnDuty]
    leads: bool
    announced: str


@get("/stalls", include_in_schema=False)
async def show_stalls(by: SignedIn, place: PlaceCode = "", after: After = "", did: Did = "") -> Response[str]:
    """Around a township, the first one around with such days unless told."""
    return await _page(by, place=place, after=after, told=say(TOLD[did]) if did in TOLD else None)


@post("/stalls/{stall_id:uuid}", include_in_schema=False, status_code=200)
async def tell_stall(
    by: SignedIn,
    request: Request[Any, Any, Any],
    stall_id: FromPath[UUID],
    place: PlaceCode = "",
) -> Response[Any]:
    """It is held, perhaps on another day of its month, or called off. Twice is once."""
    form = await typed(request)
    held = form.get("said") != "off"
    given = {"held": held, "on": (form.get("on") or None) if held else None, "note": form.get("note") or None}
    try:
        await confirm_stall_day(stall_id=stall_id, told=fitting(ToldStall, given, wrong=WRONG), by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, place=place, refused=tried(refusal, names={}), form=form, step=str(stall_id))
    return Redirect(f"{HERE}?place={place}&did={'held' if held else 'off'}#stall-{stall_id}", status_code=303)


@post("/stall-rules/{rule_id:uuid}/ending", include_in_schema=False, status_code=200)
async def end_rule(
    by: SignedIn, request: Request[Any, Any, Any], rule_id: FromPath[UUID], place: PlaceCode = ""
) -> Response[Any]:
    """The last day on which a rule holds."""
    form = await typed(request)
    try:
        ending = fitting(RuleEnding, {"valid_to": form.get("valid_to")}, wrong=WRONG)
    except Refusal as refusal:
        return await _page(by, place=place, refused=tried(refusal, names={}), form=form, step=str(rule_id))
    await end_stall_rule(rule_id=rule_id, valid_to=ending.valid_to, by=by)
    return Redirect(f"{HERE}?place={place}&did=ended", status_code=303)


async def _page(
    by: Actor,
    *,
    place: str = "",
    after: str = "",
    told: str | None = None,
    refused: Tried | None = None,
    form: Typed | None = None,
    step: str = "",
) -> Response[str]:
    townships = await near.townships(by)
    chosen = place or near.first_of(townships, await places_with_stalls())
    rules = await list_stall_rules(by=by, division_code=chosen) if chosen else []
    found = await list_stall_days(by=by, division_code=chosen, limit=ROWS, cursor=after or None) if chosen else None
    return page(
        "stations/stalls.html",
        status=refused.status if refused else 200,
        by=by,
        townships=townships,
        chosen=chosen,
        rules=rules,
        leads=bool(chosen) and may_lead(chosen, by=by),
        rows=[await _shown(day, rules, by) for day in found.items] if found else [],
        more=found.next_cursor if found else None,
        words=words,
        lunar=lunar_text,
        today=clock.today(),
        told=told,
        refused=refused,
        form=form or Typed(),
        step=step,
    )


async def _shown(day: StallDayRecord, rules: list[StallRuleRecord], by: Actor) -> Shown:
    at = datetime.combine(day.on, time(), clock.SHANGHAI) + timedelta(minutes=minute(day.opens))
    answer = await who_is_on_duty(by=by, unit_id=day.place_id, at=at)
    goes = [one for unit in answer.units for one in unit.on_duty]
    rule = next((one for one in rules if one.id == day.rule_id), None)
    return Shown(day, goes, may_lead(day.division_code, by=by), _announced(day, rule))


def _announced(day: StallDayRecord, rule: StallRuleRecord | None) -> str:
    """When people were told of it, or will be."""
    if day.announced_at:
        return say("announced on {at}", at=day.announced_at)
    if day.state is DayState.CALLED_OFF:
        return say("never announced")
    before = day.on - timedelta(days=rule.announce_days_before if rule else 0)
    if day.state is DayState.CONFIRMED:
        return say("will be announced on {day}", day=max(before, clock.today()).isoformat())
    return say("is announced on {day} only if the township confirms it before", day=before.isoformat())


HANDLERS = (show_stalls, tell_stall, end_rule)
