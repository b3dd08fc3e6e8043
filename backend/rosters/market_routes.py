"""Markets and stalls over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core.creates import Key, answered, id_for
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.rosters import market_days, market_setting, stall_announcing, stall_asking, stall_days, stall_setting  # noqa: F401 - schedules register
from backend.rosters.market_schemas import (
    MarketDayRecord,
    MarketRuleRecord,
    NewMarketRule,
    RuleEnding,
    ToldDays,
    ToldDaysVerdict,
)
from backend.rosters.stall_schemas import NewStallRule, StallDayRecord, StallRuleRecord, ToldStall

AroundQuery = Annotated[
    str | None,
    QueryParameter(
        description="around this division; a village's are its township's. Else around one's own places",
        pattern=r"^[0-9]{12}([0-9]{3})?$",
        max_length=15,
    ),
]
MarketQuery = Annotated[UUID | None, QueryParameter(description="of this market alone")]
FirstQuery = Annotated[date | None, QueryParameter(name="from", description="from this day on; today unless told")]
LastQuery = Annotated[date | None, QueryParameter(name="to", description="up to and with this day")]


@get("/stations/{unit_id:uuid}/market-rules", operation_id="listMarketRules", summary="When a place holds market")
async def list_market_rules(unit_id: FromPath[UUID], by: SignedIn) -> list[MarketRuleRecord]:
    """The rules that have not ended."""
    return await market_setting.list_market_rules(market_id=unit_id, by=by)


@post(
    "/stations/{unit_id:uuid}/market-rules",
    operation_id="setMarketRule",
    summary="Say when a place holds market",
    description="By lunar or solar last digits (1/6 … 5/10), weekdays, branch days, or named dates. Days are reckoned "
    "twelve months ahead; a changed rule moves those that nobody has confirmed. Other rules of the market end the day "
    "before, unless this one goes `beside` them.",
    responses={200: ResponseSpec(MarketRuleRecord, generate_examples=False, description="Set before")},
)
async def set_market_rule(
    unit_id: FromPath[UUID], data: JSONBody[NewMarketRule], by: SignedIn, idempotency_key: Key = None
) -> Response[MarketRuleRecord]:
    """By a supervisor or administrator of the territory."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="setMarketRule")
    return answered(await market_setting.set_market_rule(id=id, market_id=unit_id, new=data, by=by))


@post(
    "/market-rules/{rule_id:uuid}/ending",
    operation_id="endMarketRule",
    summary="Let a market rule end with a day",
    status_code=200,
)
async def end_market_rule(rule_id: FromPath[UUID], data: JSONBody[RuleEnding], by: SignedIn) -> MarketRuleRecord:
    """Days to come that only it named are no more, confirmed ones excepted. Idempotent."""
    return await market_setting.end_market_rule(rule_id=rule_id, valid_to=data.valid_to, by=by)


@get(
    "/market-days",
    operation_id="listMarketDays",
    summary="Market days, twelve months ahead",
    description="Computed ones, those the township confirmed, and those it called off. For whoever has a role around.",
)
async def list_market_days(
    by: SignedIn,
    unit_id: MarketQuery = None,
    division_code: AroundQuery = None,
    first: FirstQuery = None,
    last: LastQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[MarketDayRecord]:
    """In the order of days."""
    return await market_days.list_market_days(
        by=by, unit_id=unit_id, division_code=division_code, first=first, last=last, limit=limit, cursor=cursor
    )


@post(
    "/stations/{unit_id:uuid}/market-days",
    operation_id="confirmMarketDays",
    summary="Say which market days are held, added or called off",
    description="A batch never fails whole: each day has its verdict. Twice is once.",
    status_code=200,
)
async def confirm_market_days(unit_id: FromPath[UUID], data: JSONBody[ToldDays], by: SignedIn) -> ToldDaysVerdict:
    """By a supervisor or administrator of the township or above."""
    return await market_days.confirm_market_days(market_id=unit_id, told=data, by=by)


@get("/stall-rules", operation_id="listStallRules", summary="Where stalls stand, and when")
async def list_stall_rules(by: SignedIn, division_code: AroundQuery = None) -> list[StallRuleRecord]:
    """The rules that have not ended."""
    return await stall_setting.list_stall_rules(by=by, division_code=division_code)


@post(
    "/stations/{unit_id:uuid}/stall-rules",
    operation_id="setStallRule",
    summary="A stall at the first market of odd months, or a day at the station in even ones",
    description="Reckoned twelve months ahead, confirmed by the township, announced some days before in the division "
    "it is for.",
    responses={200: ResponseSpec(StallRuleRecord, generate_examples=False, description="Set before")},
)
async def set_stall_rule(
    unit_id: FromPath[UUID], data: JSONBody[NewStallRule], by: SignedIn, idempotency_key: Key = None
) -> Response[StallRuleRecord]:
    """By a supervisor or administrator of the place and of the division it is announced in."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="setStallRule")
    return answered(await stall_setting.set_stall_rule(id=id, place_id=unit_id, new=data, by=by))


@post(
    "/stall-rules/{rule_id:uuid}/ending",
    operation_id="endStallRule",
    summary="Let a stall rule end with a day",
    status_code=200,
)
async def end_stall_rule(rule_id: FromPath[UUID], data: JSONBody[RuleEnding], by: SignedIn) -> StallRuleRecord:
    """Idempotent."""
    return await stall_setting.end_stall_rule(rule_id=rule_id, valid_to=data.valid_to, by=by)


@get("/stall-days", operation_id="listStallDays", summary="Stalls and days at the station, twelve months ahead")
async def list_stall_days(
    by: SignedIn,
    division_code: AroundQuery = None,
    first: FirstQuery = None,
    last: LastQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[StallDayRecord]:
    """In the order of days."""
    return await stall_days.list_stall_days(
        by=by, division_code=division_code, first=first, last=last, limit=limit, cursor=cursor
    )


@post(
    "/stall-days/{stall_id:uuid}/confirmation",
    operation_id="confirmStallDay",
    summary="Say that a stall is held, on another day of its month, or called off",
    description="A confirmed one is announced some days before. Who was told already is told of a change. Twice is "
    "once.",
    status_code=200,
)
async def confirm_stall_day(stall_id: FromPath[UUID], data: JSONBody[ToldStall], by: SignedIn) -> StallDayRecord:
    """By a supervisor or administrator of the place."""
    return await stall_days.confirm_stall_day(stall_id=stall_id, told=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        *(list_market_rules, set_market_rule, end_market_rule, list_market_days, confirm_market_days),
        *(list_stall_rules, set_stall_rule, end_stall_rule, list_stall_days, confirm_stall_day),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["stations"],
)
