"""Over HTTP: what a police centre's system posts under its secret, and which systems may."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.openapi.spec import Reference as SchemaReference
from litestar.params import FromPath, JSONBody

from backend.antifraud import receiving, warning_sources
from backend.antifraud.warning_schemas import NewWarningSource, WarningReceipt, WarningSourceRecord
from backend.antifraud.words import WarningLevel
from backend.core import creates, signed_posts
from backend.core.addresses import base_url
from backend.core.creates import Key, answered
from backend.core.post_signatures import PostHeaders
from backend.core.signed_posts import MessageId, Signature, Timestamp
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

MAX_POST_BYTES = 16_000
NO_STORE = {"Cache-Control": "no-store"}

_TEXT = Schema(type=OpenAPIType.STRING)
_POSTED = Schema(
    type=OpenAPIType.OBJECT,
    required=["reference", "level", "division_code", "person"],
    properties={
        "reference": Schema(type=OpenAPIType.STRING, max_length=100, description="the source's own number"),
        "level": Schema(type=OpenAPIType.STRING, enum=[each.value for each in WarningLevel]),
        "division_code": Schema(type=OpenAPIType.STRING, description="12 digits of the village, 15 of a grid cell"),
        "person": SchemaReference(ref="#/components/schemas/WarnedPerson"),
        "fraud_type": _TEXT,
        "exercise": Schema(type=OpenAPIType.BOOLEAN, default=False),
    },
)


@post(
    "/antifraud/warnings/posts/{source_id:uuid}",
    operation_id="receiveWarning",
    operation_class=signed_posts.takes(_POSTED),
    summary="A warning from a police centre, signed under its secret",
    description=signed_posts.description(
        "The same `reference` is the same warning: 200 with how it stands, 409 when the content differs.",
        code="antifraud/post-not-signed",
    ),
    request_max_body_size=MAX_POST_BYTES,
    responses={200: ResponseSpec(WarningReceipt, generate_examples=False, description="Came before: as it is now")},
)
async def receive_warning(
    request: Request[Any, Any, Any],
    source_id: FromPath[UUID],
    message_id: MessageId = "",
    timestamp: Timestamp = "",
    signature: Signature = "",
) -> Response[WarningReceipt]:
    """No sign-in: the signature is the proof."""
    headers = PostHeaders(message_id, timestamp, signature)
    outcome = await receiving.receive_warning(source_id=source_id, headers=headers, body=await request.body())
    return answered(outcome, NO_STORE)


@post(
    "/antifraud/warning-sources",
    operation_id="addWarningSource",
    summary="Let a police centre's system post warnings for a division",
    description="By an admin of it. The answer holds the secret; the same request again tells it again, nothing else "
    "does.",
    responses={200: ResponseSpec(WarningSourceRecord, generate_examples=False, description="Made before")},
)
async def add_warning_source(
    request: Request[Any, Any, Any],
    data: JSONBody[NewWarningSource],
    by: SignedIn,
    idempotency_key: Key = None,
) -> Response[WarningSourceRecord]:
    """A source."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="addWarningSource")
    outcome = await warning_sources.add_warning_source(id=id, new=data, by=by, base_url=base_url(request))
    return answered(outcome, NO_STORE)


@get("/antifraud/warning-sources", operation_id="listWarningSources", summary="Which systems may post warnings")
async def list_warning_sources(request: Request[Any, Any, Any], by: SignedIn) -> list[WarningSourceRecord]:
    """Of an admin's territory, without secrets."""
    return await warning_sources.list_warning_sources(by=by, base_url=base_url(request))


@post(
    "/antifraud/warning-sources/{source_id:uuid}/ending",
    operation_id="endWarningSource",
    summary="Take nothing from a system any more",
    status_code=200,
)
async def end_warning_source(
    request: Request[Any, Any, Any], source_id: FromPath[UUID], by: SignedIn
) -> WarningSourceRecord:
    """By an admin."""
    return await warning_sources.end_warning_source(source_id=source_id, by=by, base_url=base_url(request))


router = Router(
    "/api/v1",
    route_handlers=[
        Router(
            "/",
            route_handlers=[add_warning_source, list_warning_sources, end_warning_source],
            dependencies=NEEDS_SIGN_IN,
        ),
        receive_warning,
    ],
    tags=["antifraud"],
)
