"""Shifts over HTTP: published, listed, confirmed, cancelled."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core.creates import Key, answered, id_for
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.shapes import MomentQuery
from backend.people.guards import SignedIn
from backend.rosters import actions, shifts
from backend.rosters.roster_schemas import NewRoster, RosterVerdict
from backend.rosters.schemas import Cancellation, ShiftRecord
from backend.rosters.tables import Post, ShiftState

UnitQuery = Annotated[UUID | None, QueryParameter(description="this unit's")]
StateQuery = Annotated[
    ShiftState | None, QueryParameter(name="state", description="only these; swapped and cancelled only so")
]


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
