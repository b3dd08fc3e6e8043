"""Ringing back over HTTP: who is to be rung, by what number, and what came of it."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import (
    callback_recording,
    callbacks,
    supervising_routes,
    verifying,  # noqa: F401 - its schedule registers
)
from backend.hotline.callback_schemas import CallbackDetail, CallbackRecord, NewCallbackTry
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

NO_STORE = {"Cache-Control": "no-store"}


@get("/hotline/callbacks", operation_id="listCallbacks", summary="Who is to be rung back, the next due first")
async def list_callbacks(
    by: SignedIn,
    mine: Annotated[bool, QueryParameter(description="only those one was asked to ring")] = False,
    closed: Annotated[bool, QueryParameter(description="those that are over, the last opened first")] = False,
    supervised: Annotated[bool, QueryParameter(description="only those that a supervisor follows")] = False,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[CallbackRecord]:
    """One's own, one's unit's, and those of a territory for which one answers calls or oversees."""
    return await callbacks.list_callbacks(
        by=by, mine=mine, closed=closed, supervised=supervised, limit=limit, cursor=cursor
    )


@get(
    "/hotline/callbacks/{callback_id:uuid}",
    operation_id="getCallback",
    summary="Somebody to ring back, what was done for him, and what was tried",
    description="`phone` for whoever may ring, while it is open; every such read goes into the access log.",
)
async def get_callback(callback_id: FromPath[UUID], by: SignedIn) -> Response[CallbackDetail]:
    """One callback."""
    found = await callbacks.get_callback(callback_id=callback_id, by=by, request_id=request_id.get())
    return Response(found, headers=NO_STORE)


@post(
    "/hotline/callbacks/{callback_id:uuid}/tries",
    operation_id="recordCallback",
    summary="Say that one rang, and what he said",
    description="Satisfied, his case is answered and evaluated; dissatisfied, it is reopened with fresh clocks and a "
    "supervisor has it. In vain, the next try comes at another hour of the day; after three he is unreachable. Whose "
    "call was missed: `case_id` says which case it became.",
    responses={200: ResponseSpec(CallbackRecord, generate_examples=False, description="Recorded before: as it is now")},
)
async def record_callback(
    callback_id: FromPath[UUID], data: JSONBody[NewCallbackTry], by: SignedIn, idempotency_key: Key = None
) -> Response[CallbackRecord]:
    """By whoever was asked to ring, or the desk of the place."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="recordCallback")
    return answered(await callback_recording.record_callback(callback_id=callback_id, id=id, new=data, by=by), NO_STORE)


router = Router(
    path="/api/v1",
    route_handlers=[list_callbacks, get_callback, record_callback, *supervising_routes.HANDLERS],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
