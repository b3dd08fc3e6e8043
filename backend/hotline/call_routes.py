"""Calls over HTTP: typed, taken, wrapped up, read, counted. What an exchange posts is next door (`line_routes`)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.shapes import MomentQuery
from backend.hotline import (
    call_figures,
    call_reading,
    calls,
    missed_calls,  # noqa: F401 - its jobs register
    wrap_up,
)
from backend.hotline.call_reading import CallFilters
from backend.hotline.call_schemas import (
    CallDetail,
    CallFigures,
    CallRecord,
    CallTaking,
    NewTypedCall,
    WrapUp,
    WrapUpCode,
)
from backend.hotline.words import CallDirection, CallState
from backend.hotline.wrap_up_codes import wrap_up_codes
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division

NO_STORE = {"Cache-Control": "no-store"}
FirstDay = Annotated[date | None, QueryParameter(description="the first day; the first of this month unless told")]
LastDay = Annotated[date | None, QueryParameter(description="the last day, included; today unless told")]


@post(
    "/hotline/calls",
    operation_id="enterCall",
    summary="Type in a call, where no exchange tells of it",
    description="By operators, at a desk of their unit or territory. Without `answered_at` it was missed: whoever "
    "rang us is rung back. `said` is looked through for words of an emergency and kept nowhere; where there are any, "
    "`say_first` is what to say before anything else.",
    responses={200: ResponseSpec(CallDetail, generate_examples=False, description="Entered before: as it is now")},
)
async def enter_call(data: JSONBody[NewTypedCall], by: SignedIn, idempotency_key: Key = None) -> Response[CallDetail]:
    """In or out."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="enterCall")
    return answered(await calls.enter_call(id=id, new=data, by=by, request_id=request_id.get()), NO_STORE)


@get(
    "/hotline/calls",
    operation_id="listCalls",
    summary="Calls of a desk or territory, without numbers",
    description="Those who are still to be rung back first, then the newest. `waiting=true`: the former alone.",
)
async def list_calls(
    by: SignedIn,
    unit_id: FromQuery[UUID | None] = None,
    division_code: Division = None,
    direction: FromQuery[CallDirection | None] = None,
    in_state: Annotated[CallState | None, QueryParameter(name="state")] = None,
    mine: FromQuery[bool | None] = None,
    waiting: FromQuery[bool | None] = None,
    began_from: MomentQuery = None,
    began_to: MomentQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[CallRecord]:
    """For operators, supervisors, auditors and administrators."""
    filters = CallFilters(
        unit_id=unit_id,
        division_code=division_code,
        direction=direction,
        state=in_state,
        mine=mine,
        waiting=waiting,
        began_from=began_from,
        began_to=began_to,
    )
    return await call_reading.list_calls(by=by, filters=filters, limit=limit, cursor=cursor)


@get(
    "/hotline/calls/{call_id:uuid}",
    operation_id="getCall",
    summary="A call, who calls, his open cases and the village's",
    description="`caller` for the operator who has it and the unit's own; every such read goes into the access log. "
    "`division_code`: the village he names, whose open cases come along.",
)
async def get_call(call_id: FromPath[UUID], by: SignedIn, division_code: Division = None) -> Response[CallDetail]:
    """One screen."""
    found = await call_reading.get_call(
        call_id=call_id, by=by, request_id=request_id.get(), division_code=division_code
    )
    return Response(found, headers=NO_STORE)


@post(
    "/hotline/calls/{call_id:uuid}/taking",
    operation_id="takeCall",
    summary="Take a call: who calls, and what he may call about",
    status_code=200,
)
async def take_call(call_id: FromPath[UUID], data: JSONBody[CallTaking], by: SignedIn) -> Response[CallDetail]:
    """By an operator of the desk or its territory."""
    found = await calls.take_call(call_id=call_id, said=data, by=by, request_id=request_id.get())
    return Response(found, headers=NO_STORE, status_code=200)


@post(
    "/hotline/calls/{call_id:uuid}/wrap-up",
    operation_id="wrapUpCall",
    summary="Say what became of a call",
    description="A code of listWrapUpCodes; some ask for the answer that was given, some for the case that it became.",
    status_code=200,
)
async def wrap_up_call(call_id: FromPath[UUID], data: JSONBody[WrapUp], by: SignedIn) -> Response[CallDetail]:
    """By the operator who has it."""
    found = await wrap_up.wrap_up_call(call_id=call_id, said=data, by=by, request_id=request_id.get())
    return Response(found, headers=NO_STORE, status_code=200)


@get("/hotline/wrap-up-codes", operation_id="listWrapUpCodes", summary="What may become of a call")
async def list_wrap_up_codes(by: SignedIn) -> list[WrapUpCode]:  # noqa: ARG001 - whoever is signed in
    """The codes of today."""
    return list(wrap_up_codes().values())


@get(
    "/hotline/figures",
    operation_id="callFigures",
    summary="Calls, connect rate, waiting and talking, missed calls rung back in time",
    description="Of a desk or place, never of a person. At most a year and a day.",
)
async def get_call_figures(
    by: SignedIn,
    since: FirstDay = None,
    until: LastDay = None,
    unit_id: FromQuery[UUID | None] = None,
    division_code: Division = None,
) -> CallFigures:
    """For operators, supervisors, auditors and administrators."""
    first, last = call_figures.this_month()
    return await call_figures.call_figures(
        by=by, since=since or first, until=until or last, unit_id=unit_id, division_code=division_code
    )


router = Router(
    "/api/v1",
    route_handlers=[
        *(enter_call, list_calls, get_call, take_call, wrap_up_call, list_wrap_up_codes, get_call_figures),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
