"""Flow slips, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter

from backend.cases.schemas import OpenedCase
from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import flow_slips
from backend.hotline.flow_slip_schemas import FlowSlipRecord, NewFlowSlips, PrintedFlowSlips, TypedFlowSlip
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

NO_STORE = {"Cache-Control": "no-store"}
SlipNumber = Annotated[str, PathParameter(max_length=40, description="as it stands on the paper: GZ and eight digits")]
Waiting = Annotated[bool | None, QueryParameter(description="true: neither typed in nor void")]


@post(
    "/hotline/flow-slips",
    operation_id="printFlowSlips",
    summary="Numbers for slips that are printed empty, many at once",
    description="By cadres, operators, supervisors and administrators. The last digit checks the others.",
    responses={200: ResponseSpec(PrintedFlowSlips, generate_examples=False, description="Printed before")},
)
async def print_flow_slips(
    data: JSONBody[NewFlowSlips], by: SignedIn, idempotency_key: Key = None
) -> Response[PrintedFlowSlips]:
    """For one stall or desk."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="printFlowSlips")
    return answered(await flow_slips.print_flow_slips(id=id, new=data, by=by))


@get("/hotline/flow-slips", operation_id="listFlowSlips", summary="A unit's slips, the last printed first")
async def list_flow_slips(
    by: SignedIn,
    unit_id: FromQuery[UUID],
    waiting: Waiting = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[FlowSlipRecord]:
    """What is still on paper only, and what became of the others."""
    return await flow_slips.list_flow_slips(unit_id=unit_id, by=by, waiting=waiting, limit=limit, cursor=cursor)


@post(
    "/hotline/flow-slips/{number:str}/case",
    operation_id="typeInFlowSlip",
    summary="Open the case that stands on a slip, at the time that stands on it",
    description="One case a slip: the same again answers 200 with the case as it is now, without the secret; other "
    "content 409.",
    responses={200: ResponseSpec(OpenedCase, generate_examples=False, description="Typed in before")},
)
async def type_in_flow_slip(number: SlipNumber, data: JSONBody[TypedFlowSlip], by: SignedIn) -> Response[OpenedCase]:
    """Late entry is welcome, and marked."""
    return answered(await flow_slips.type_in_flow_slip(number=number, typed=data, by=by), NO_STORE)


@post(
    "/hotline/flow-slips/{number:str}/voiding",
    operation_id="voidFlowSlip",
    summary="A spoilt slip counts no more",
    status_code=200,
)
async def void_flow_slip(number: SlipNumber, by: SignedIn) -> FlowSlipRecord:
    """Not one that is a case already."""
    return await flow_slips.void_flow_slip(number=number, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[print_flow_slips, list_flow_slips, type_in_flow_slip, void_flow_slip],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
