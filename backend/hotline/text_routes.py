"""Text messages over HTTP: what a gateway posts under its secret, and what people make of what it brings."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core import signed_posts
from backend.core.creates import answered
from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.post_signatures import PostHeaders
from backend.core.signed_posts import MessageId, Signature, Timestamp
from backend.hotline import text_taking, texts
from backend.hotline.text_schemas import TextDetail, TextReceipt, TextRecord, TextTaking
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

MAX_POST_BYTES = 16_000
NO_STORE = {"Cache-Control": "no-store"}

Waiting = Annotated[bool | None, QueryParameter(description="true: somebody has to read it")]

_POSTED = Schema(
    type=OpenAPIType.OBJECT,
    required=["reference", "sender", "body", "sent_at"],
    properties={
        "reference": Schema(type=OpenAPIType.STRING, max_length=100, description="the gateway's own number of it"),
        "sender": Schema(type=OpenAPIType.STRING, description="the number that wrote"),
        "body": Schema(type=OpenAPIType.STRING, max_length=2000),
        "sent_at": Schema(type=OpenAPIType.STRING, description="RFC 3339 with an offset"),
    },
)


@post(
    "/hotline/texts/posts/{system_id:uuid}",
    operation_id="receiveSms",
    operation_class=signed_posts.takes(_POSTED),
    summary="A text message that came to a gateway, signed under its secret",
    description=signed_posts.description(
        "The same `reference` is the same message: 200 with how it stands, 409 when the content differs. MQ or ZX and "
        "words open a case where the sender's village is known, CX and a receipt number asks where it stands, TD "
        "stops; anything else a person reads. What became of messages that we sent goes to receiveReceipts.",
        code="hotline/post-not-signed",
    ),
    request_max_body_size=MAX_POST_BYTES,
    responses={200: ResponseSpec(TextReceipt, generate_examples=False, description="Came before: as it is now")},
)
async def receive_sms(
    request: Request[Any, Any, Any],
    system_id: FromPath[UUID],
    message_id: MessageId = "",
    timestamp: Timestamp = "",
    signature: Signature = "",
) -> Response[TextReceipt]:
    """No sign-in: the signature is the proof."""
    headers = PostHeaders(message_id, timestamp, signature)
    outcome = await texts.receive_sms(system_id=system_id, headers=headers, body=await request.body())
    return answered(outcome, NO_STORE)


@get("/hotline/texts", operation_id="listTexts", summary="Text messages that came, the newest first")
async def list_texts(
    by: SignedIn, waiting: Waiting = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[TextRecord]:
    """For operators, supervisors and administrators; what they say, getText tells."""
    return await text_taking.list_texts(by=by, waiting=waiting, limit=limit, cursor=cursor)


@get(
    "/hotline/texts/{text_id:uuid}",
    operation_id="getText",
    summary="What a text message says, and who wrote it",
    description="Every such read goes into the access log.",
)
async def get_text(text_id: FromPath[UUID], by: SignedIn) -> Response[TextDetail]:
    """For its desk."""
    found = await text_taking.get_text(text_id=text_id, by=by, request_id=request_id.get())
    return Response(found, headers=NO_STORE)


@post(
    "/hotline/texts/{text_id:uuid}/taking",
    operation_id="takeText",
    summary="Make a case of a text message, or answer it, or lay it aside",
    description="Where it becomes a case, its sender is told the receipt number.",
    status_code=200,
)
async def take_text(text_id: FromPath[UUID], data: JSONBody[TextTaking], by: SignedIn) -> TextRecord:
    """By its desk."""
    return await text_taking.take_text(text_id=text_id, taking=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        Router("/", route_handlers=[list_texts, get_text, take_text], dependencies=NEEDS_SIGN_IN),
        receive_sms,
    ],
    tags=["hotline"],
)
