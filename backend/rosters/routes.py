"""The room over HTTP."""

from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core.creates import Key, answered, id_for
from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.refusals import FieldError, Invalid
from backend.core.shapes import MomentQuery
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.people.tables import UnitKind
from backend.rosters import actions, duty, duty_rules, leaves, retention_rules, shifts, swaps, watch  # noqa: F401 - jobs and rules register
from backend.rosters.credentials import NEEDS_SIGN_IN_OR_KEY
from backend.rosters.schemas import (
    Cancellation,
    DutyAnswer,
    DutyRuleRecord,
    LeaveDecision,
    LeaveRecord,
    NewDutyRule,
    NewLeave,
    NewRoster,
    NewSwap,
    RosterVerdict,
    ShiftRecord,
    SwapRecord,
)
from backend.rosters.tables import Post, ShiftState

T = TypeVar("T")

UnitQuery = Annotated[UUID | None, QueryParameter(description="this unit's")]
StateQuery = Annotated[
    ShiftState | None, QueryParameter(name="state", description="only these; swapped and cancelled only so")
]
DivisionQuery = Annotated[
    str | None,
    QueryParameter(description="the units that serve this division", pattern=r"^[0-9]{12}([0-9]{3})?$", max_length=15),
]
PhonesQuery = Annotated[bool, QueryParameter(description="people's own numbers too; every one read is logged")]


@get(
    "/shifts",
    operation_id="listShifts",
    summary="Shifts in the order of time, from now on unless told",
    description="One's own, those of one's units, and those of a territory one oversees or answers calls for.",
)
async def list_shifts(
    by: SignedIn,
    unit_id: UnitQuery = None,
    post: FromQuery[Post | None] = None,
    mine: FromQuery[bool] = False,
    in_state: StateQuery = None,
    starts_from: MomentQuery = None,
    starts_to: MomentQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ShiftRecord]:
    """A page of shifts."""
    return await shifts.list_shifts(
        by=by, unit_id=unit_id, post=post, mine=mine, state=in_state, starts_from=starts_from, starts_to=starts_to,
        limit=limit, cursor=cursor,
    )  # fmt: skip


@post(
    "/shifts",
    operation_id="publishShifts",
    summary="Publish a roster for one post",
    description="Whole or not at all: half a roster has hours without anybody. 409 rosters/roster-refused has a "
    "verdict for every row, 409 rosters/hours-without-anybody names the gaps; with allow_gaps and a reason they are "
    "published as gaps, each with a task for the unit's supervisor.",
    responses={200: ResponseSpec(RosterVerdict, generate_examples=False, description="Published before")},
)
async def publish_shifts(
    data: JSONBody[NewRoster], by: SignedIn, idempotency_key: Key = None
) -> Response[RosterVerdict]:
    """By a supervisor or administrator of the unit's territory."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="publishShifts")
    return answered(await actions.publish_shifts(new=msgspec.structs.replace(data, id=id), by=by))


@get("/shifts/{shift_id:uuid}", operation_id="getShift", summary="One shift")
async def get_shift(shift_id: FromPath[UUID], by: SignedIn) -> ShiftRecord:
    """As it is now."""
    return await shifts.get_shift(shift_id=shift_id, by=by)


@post(
    "/shifts/{shift_id:uuid}/confirmation",
    operation_id="confirmShift",
    summary="I will be there, am there, was there",
    description="By the holder, or by whoever leads the unit and knows it from him. A missed shift is put right so, "
    "marked entered_late. Idempotent.",
    status_code=200,
)
async def confirm_shift(shift_id: FromPath[UUID], by: SignedIn) -> ShiftRecord:
    """The shift as it is now."""
    return await shifts.confirm_shift(shift_id=shift_id, by=by)


@post(
    "/shifts/{shift_id:uuid}/cancellation",
    operation_id="cancelShift",
    summary="Take a shift out of the roster",
    description="Hours that nobody holds then are known gaps, with a task to find somebody.",
    status_code=200,
)
async def cancel_shift(shift_id: FromPath[UUID], data: JSONBody[Cancellation], by: SignedIn) -> ShiftRecord:
    """By whoever leads the unit."""
    return await shifts.cancel_shift(shift_id=shift_id, reason=data.reason, by=by)


@post(
    "/shifts/{shift_id:uuid}/swap",
    operation_id="swapShift",
    summary="Offer one's shift to a colleague, alone or against one of his",
    responses={200: ResponseSpec(SwapRecord, generate_examples=False, description="Offered before")},
)
async def swap_shift(
    shift_id: FromPath[UUID], data: JSONBody[NewSwap], by: SignedIn, idempotency_key: Key = None
) -> Response[SwapRecord]:
    """A shift has one open offer; another one takes its place."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="swapShift")
    return answered(await swaps.swap_shift(id=id, shift_id=shift_id, new=data, by=by))


@get("/my/swap-offers", operation_id="listMySwapOffers", summary="Shifts that colleagues ask me to take")
async def list_my_swap_offers(by: SignedIn) -> list[SwapRecord]:
    """The nearest first."""
    return await swaps.my_offers(by=by)


@get("/swaps/{swap_id:uuid}", operation_id="getSwap", summary="One offer")
async def get_swap(swap_id: FromPath[UUID], by: SignedIn) -> SwapRecord:
    """As it is now."""
    return await swaps.get_swap(swap_id=swap_id, by=by)


@post("/swaps/{swap_id:uuid}/acceptance", operation_id="acceptSwap", summary="Take the shift", status_code=200)
async def accept_swap(swap_id: FromPath[UUID], by: SignedIn) -> SwapRecord:
    """The old shift is swapped, one's own follows it, confirmed. Idempotent."""
    return await swaps.accept_swap(swap_id=swap_id, by=by)


@post(
    "/swaps/{swap_id:uuid}/refusal",
    operation_id="declineSwap",
    summary="Say no; or, by whoever offered, take the offer back",
    status_code=200,
)
async def decline_swap(swap_id: FromPath[UUID], by: SignedIn) -> SwapRecord:
    """The shift stays where it is. Idempotent."""
    return await swaps.decline_swap(swap_id=swap_id, by=by)


@post(
    "/leaves",
    operation_id="requestLeave",
    summary="Ask to be away",
    description="Nothing moves before it is decided. The answer tells which shifts it touches and who could stand in.",
    responses={200: ResponseSpec(LeaveRecord, generate_examples=False, description="Asked before")},
)
async def request_leave(data: JSONBody[NewLeave], by: SignedIn, idempotency_key: Key = None) -> Response[LeaveRecord]:
    """For oneself; a supervisor of the unit may ask for others."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="requestLeave")
    return answered(await leaves.request_leave(id=id, new=data, by=by))


@get("/leaves", operation_id="listLeavesToDecide", summary="Requests that wait for my decision")
async def list_leaves(by: SignedIn) -> list[LeaveRecord]:
    """The nearest first, at most fifty."""
    return await leaves.leaves_to_decide(by=by)


@get("/leaves/{leave_id:uuid}", operation_id="getLeave", summary="One request")
async def get_leave(leave_id: FromPath[UUID], by: SignedIn) -> LeaveRecord:
    """One's own, or of a unit one leads."""
    return await leaves.get_leave(leave_id=leave_id, by=by)


@post(
    "/leaves/{leave_id:uuid}/decision",
    operation_id="decideLeave",
    summary="Approve or refuse a leave",
    description="Approved, each shift to come moves to a substitute (the one named, else the first candidate), who is "
    "asked to confirm. Where nobody is free the hours are a known gap, with a task.",
    status_code=200,
)
async def decide_leave(leave_id: FromPath[UUID], data: JSONBody[LeaveDecision], by: SignedIn) -> LeaveRecord:
    """By whoever leads the unit. The same decision again changes nothing."""
    return await leaves.decide_leave(leave_id=leave_id, decision=data, by=by)


@get("/duty-rules", operation_id="listDutyRules", summary="Which hours of a unit must be staffed")
async def list_duty_rules(by: SignedIn, unit_id: FromQuery[UUID]) -> list[DutyRuleRecord]:
    """Those that have not ended."""
    return await duty_rules.list_duty_rules(unit_id=unit_id, by=by)


@post(
    "/duty-rules",
    operation_id="setDutyRule",
    summary="Set which hours of a post must be staffed",
    description="It ends the rule of these weekdays the day before it begins.",
    responses={200: ResponseSpec(DutyRuleRecord, generate_examples=False, description="Set before")},
)
async def set_duty_rule(
    data: JSONBody[NewDutyRule], by: SignedIn, idempotency_key: Key = None
) -> Response[DutyRuleRecord]:
    """By whoever leads the unit."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="setDutyRule")
    return answered(await duty_rules.set_duty_rule(id=id, new=data, by=by))


@get(
    "/on-duty",
    operation_id="whoIsOnDuty",
    summary="Who is on duty now, until when, and who is next",
    description="With unit_id: that unit. With division_code: every unit with a roster that serves the place, its own "
    "first, then up the tree. For telephone exchanges: send an access key as Authorization: Bearer.",
    dependencies=NEEDS_SIGN_IN_OR_KEY,
)
async def who_is_on_duty(
    by: SignedIn,
    unit_id: UnitQuery = None,
    division_code: DivisionQuery = None,
    kind: FromQuery[UnitKind | None] = None,
    at: MomentQuery = None,
    phones: PhonesQuery = False,
) -> DutyAnswer:
    """The unit's public number always; people's own with `phones`, for operators, supervisors and administrators."""
    if (unit_id is None) == (division_code is None):
        wrong = FieldError(pointer="unit_id", detail="Give unit_id or division_code, one of them.")
        raise Invalid("Of which unit, or of which place?", errors=[wrong])
    answer = await duty.who_is_on_duty(by=by, unit_id=unit_id, division_code=division_code, kind=kind, at=at)
    return await duty.with_phones(answer, by=by, request_id=request_id.get()) if phones else answer


router = Router(
    path="/api/v1",
    route_handlers=[
        *(list_shifts, publish_shifts, get_shift, confirm_shift, cancel_shift),
        *(swap_shift, list_my_swap_offers, get_swap, accept_swap, decline_swap),
        *(request_leave, list_leaves, get_leave, decide_leave),
        *(list_duty_rules, set_duty_rule, who_is_on_duty),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["rosters"],
)
