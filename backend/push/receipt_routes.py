"""What providers tell of messages, over HTTP: no sign-in, each provider's own signature is the proof."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, post
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import PathParameter

from backend.push import receipts
from backend.push.schemas import Received

ProviderName = Annotated[str, PathParameter(pattern=r"^[a-z0-9_-]+$", max_length=20)]
MAX_RECEIPTS_BYTES = 1_000_000


@dataclass
class _Receipts(Operation):
    """The body for the API guide: each provider has its own, and signs its bytes."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=_ANY)})


_ANY = Schema(description="as the provider has it")


@post(
    "/push/receipts/{provider:str}",
    operation_id="receiveReceipts",
    operation_class=_Receipts,
    summary="A provider tells what became of messages",
    description="Signed as each provider signs. Replays are harmless, states only go forward, unknown ids are counted.",
    status_code=200,
    security=[{}],
    request_max_body_size=MAX_RECEIPTS_BYTES,
)
async def receive_receipts(request: Request[Any, Any, Any], provider: ProviderName) -> Received:
    """No sign-in: the signature is the proof."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return await receipts.receive(provider=provider, body=await request.body(), headers=headers)
