"""Over HTTP: what exchanges post under their secret, and which exchanges and gateways may."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIType, Schema
from litestar.params import FromPath, JSONBody

from backend.core import creates, signed_posts
from backend.core.addresses import base_url
from backend.core.creates import Key, answered
from backend.core.post_signatures import PostHeaders
from backend.core.signed_posts import MessageId, Signature, Timestamp
from backend.hotline import call_posts, systems
from backend.hotline.call_rules import CallEvent
from backend.hotline.call_schemas import CallReceipt
from backend.hotline.line_schemas import LineSystemRecord, NewLineSystem
from backend.hotline.words import CallDirection
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

MAX_POST_BYTES = 4_000
NO_STORE = {"Cache-Control": "no-store"}

_TEXT = Schema(type=OpenAPIType.STRING)
_POSTED = Schema(
    type=OpenAPIType.OBJECT,
    required=["reference", "event", "at"],
    properties={
        "reference": Schema(
            type=OpenAPIType.STRING, max_length=100, description="the exchange's own number of the call, never reused"
        ),
        "event": Schema(type=OpenAPIType.STRING, enum=[each.value for each in CallEvent]),
        "at": Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME, description="when it happened at the exchange"
        ),
        "direction": Schema(type=OpenAPIType.STRING, enum=[each.value for each in CallDirection], default="in"),
        "caller": Schema(type=OpenAPIType.STRING, description="the other side's number; left out where withheld"),
        "operator_id": Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.UUID, description="who took it, as whoIsOnDuty tells"
        ),
    },
)


@post(
    "/hotline/calls/posts/{system_id:uuid}",
    operation_id="logCall",
    operation_class=signed_posts.takes(_POSTED),
    summary="What a telephone exchange tells of a call, signed under its secret",
    description=signed_posts.description(
        "One post for each event: `ringing`, `answered`, `ended`, `missed`. They may come in any order, late and "
        "repeated: the same `reference` is the same call, 201 at its first post and 200 at every other, with how it "
        "stands. A call to us that nobody answered rings whoever is on duty.",
        code="hotline/post-not-signed",
    ),
    request_max_body_size=MAX_POST_BYTES,
    responses={200: ResponseSpec(CallReceipt, generate_examples=False, description="Known before: as it is now")},
)
async def log_call(
    request: Request[Any, Any, Any],
    system_id: FromPath[UUID],
    message_id: MessageId = "",
    timestamp: Timestamp = "",
    signature: Signature = "",
) -> Response[CallReceipt]:
    """No sign-in: the signature is the proof."""
    headers = PostHeaders(message_id, timestamp, signature)
    outcome = await call_posts.log_call(system_id=system_id, headers=headers, body=await request.body())
    return answered(outcome, NO_STORE)


@post(
    "/hotline/systems",
    operation_id="addLineSystem",
    summary="Let a telephone exchange or an SMS gateway post for a desk",
    description="By an admin of its place. The answer holds the secret; the same request again tells it again, "
    "nothing else does.",
    responses={200: ResponseSpec(LineSystemRecord, generate_examples=False, description="Added before")},
)
async def add_line_system(
    request: Request[Any, Any, Any], data: JSONBody[NewLineSystem], by: SignedIn, idempotency_key: Key = None
) -> Response[LineSystemRecord]:
    """A system."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="addLineSystem")
    outcome = await systems.add_line_system(id=id, new=data, by=by, base_url=base_url(request))
    return answered(outcome, NO_STORE)


@get("/hotline/systems", operation_id="listLineSystems", summary="Which exchanges and gateways may post")
async def list_line_systems(request: Request[Any, Any, Any], by: SignedIn) -> list[LineSystemRecord]:
    """Of an admin's territory, without secrets."""
    return await systems.list_line_systems(by=by, base_url=base_url(request))


@post(
    "/hotline/systems/{system_id:uuid}/ending",
    operation_id="endLineSystem",
    summary="Take nothing from an exchange or gateway any more",
    status_code=200,
)
async def end_line_system(request: Request[Any, Any, Any], system_id: FromPath[UUID], by: SignedIn) -> LineSystemRecord:
    """By an admin."""
    return await systems.end_line_system(system_id=system_id, by=by, base_url=base_url(request))


router = Router(
    "/api/v1",
    route_handlers=[
        Router("/", route_handlers=[add_line_system, list_line_systems, end_line_system], dependencies=NEEDS_SIGN_IN),
        log_call,
    ],
    tags=["hotline"],
)
