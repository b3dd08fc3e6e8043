"""/console/stations/markets: when a township's markets are, as a picture and as days to confirm, call off or add."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.stations import near, words
from backend.console.stations.months import day_names, marks_of, months_of
from backend.console.typed import Typed, typed
from backend.core import clock
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.market_days import confirm_market_days, list_market_days
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_queries import places_with_markets
from backend.rosters.market_schemas import MarketDayRecord, ToldDays, ToldDaysVerdict
from backend.rosters.market_setting import list_market_rules
from backend.rosters.stall_days import list_stall_days
from backend.rosters.station_lists import station_overview
from backend.rosters.units import may_lead

HERE = "/console/stations/markets"
ROWS = 24
MOST = 1000
YEAR = 12
SAID = {"held": True, "all": True, "added": True, "off": False}
TOLD = {
    "held": Term("{n} days are confirmed."),
    "all": Term("{n} days are confirmed."),
    "added": Term("{n} days are added."),
    "off": Term("{n} days are called off."),
    "ended": Term("The rule ends; the days that only it named are taken back."),
}
LONG_NOTE = Term("A note has up to 120 characters.")
MOST_LETTERS = 120
PlaceCode = Annotated[str, QueryParameter(name="place", pattern="^([0-9]{12})?$", max_length=12)]
After = Annotated[str, QueryParameter(max_length=400)]
Did = Annotated[str, QueryParameter(max_length=12)]
Count = Annotated[int, QueryParameter(ge=0, le=400)]


@get("/markets", include_in_schema=False)
async def show_markets(
    by: SignedIn,
    place: PlaceCode = "",
    market: FromQuery[UUID | None] = None,
    after: After = "",
    did: Did = "",
    n: Count = 0,
) -> Response[str]:
    """Of a township, the first one around with a market unless told; of one market of it."""
    told = say(TOLD[did], n=n) if did in TOLD else None
    return await _page(by, place=place, market=market, after=after, told=told)


@post("/{unit_id:uuid}/market-days", include_in_schema=False, status_code=200)
async def tell_days(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Response[Any]:
    """Ticked days are held or called off, those not confirmed yet confirmed at once, or one is added. Twice is once."""
    form = await typed(request)
    said = form.get("said")
    try:
        told = _told(form, said)
        verdict = await confirm_market_days(market_id=unit_id, told=told, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, market=unit_id, refused=tried(refusal, names={}), form=form)
    if verdict.refused:
        return await _page(by, market=unit_id, refused=_refused(told, verdict), form=form)
    return Redirect(f"{HERE}?market={unit_id}&did={said}&n={len(verdict.rows)}", status_code=303)


def _told(form: Typed, said: str) -> ToldDays:
    """What was said of which days. Raises Invalid (400)."""
    field = {"all": "computed", "added": "added"}.get(said, "on")
    chosen = sorted({day for day in form.all(field) if day.strip()})
    if said not in SAID or not chosen:
        missing = say("Choose a day.") if said == "added" else say("Tick at least one day.")
        raise Invalid("Please look at the marked fields.", errors=[at_field(field, missing)])
    note = form.get("note") or None
    if note and len(note) > MOST_LETTERS:
        raise Invalid("Please look at the marked fields.", errors=[at_field("note", say(LONG_NOTE))])
    days = [{"on": day, "held": SAID[said]} | ({"note": note} if note else {}) for day in chosen]
    return fitting(ToldDays, {"days": days}, wrong={})


def _refused(told: ToldDays, verdict: ToldDaysVerdict) -> Tried:
    """Which days were not taken, and why; the others are stored."""
    said = [f"{told.days[row.index].on.isoformat()} {row.problem}" for row in verdict.rows if row.problem]
    taken = say("{n} days are stored.", n=verdict.stored + verdict.duplicate)
    return Tried(" ".join([*said, taken]), {}, 400)


async def _page(
    by: Actor,
    *,
    place: str = "",
    market: UUID | None = None,
    after: str = "",
    told: str | None = None,
    refused: Tried | None = None,
    form: Typed | None = None,
) -> Response[str]:
    townships = await near.townships(by)
    chosen = await _township(by, market) or place or near.first_of(townships, await places_with_markets())
    days = await _days(by, chosen)
    named = dict(sorted({one.market_id: one.market_name for one in days}.items(), key=lambda each: each[1]))
    shown = market or next(iter(named), None)
    mine = [one for one in days if one.market_id == shown]
    stalls = (await list_stall_days(by=by, division_code=chosen, limit=MOST)).items if chosen else []
    return page(
        "stations/markets.html",
        status=refused.status if refused else 200,
        by=by,
        townships=townships,
        chosen=chosen,
        named=named,
        market=await station_overview(unit_id=shown, by=by) if shown else None,
        rules=await list_market_rules(market_id=shown, by=by) if shown else [],
        leads=bool(chosen) and may_lead(chosen, by=by),
        found=await list_market_days(by=by, unit_id=shown, limit=ROWS, cursor=after or None) if shown else None,
        months=months_of(clock.today(), YEAR, marks_of(mine, [one for one in stalls if one.place_id == shown])),
        day_names=day_names(),
        words=words,
        lunar=lunar_text,
        today=clock.today(),
        told=told,
        refused=refused,
        form=form or Typed(),
    )


async def _days(by: Actor, chosen: str) -> list[MarketDayRecord]:
    return (await list_market_days(by=by, division_code=chosen, limit=MOST)).items if chosen else []


async def _township(by: Actor, market: UUID | None) -> str | None:
    """Where a market is."""
    if market is None:
        return None
    return near.township_of((await station_overview(unit_id=market, by=by)).division_code)


HANDLERS = (show_markets, tell_days)
