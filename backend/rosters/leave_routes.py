"""Leaves over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from backend.core.creates import Key, answered, id_for
from backend.people.guards import SignedIn
from backend.rosters import leave_deciding, leaves
from backend.rosters.leave_schemas import LeaveDecision, LeaveRecord, NewLeave


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
    return await leave_deciding.decide_leave(leave_id=leave_id, decision=data, by=by)
