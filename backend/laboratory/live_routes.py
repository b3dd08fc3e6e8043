"""Over HTTP, without a sign-in: what an instrument posts under its own key."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, PathParameter

from backend.laboratory import live_posts
from backend.laboratory.import_schemas import ImportAnswer, ImportRecord
from backend.laboratory.records import MAX_JSON_BYTES

Serial = Annotated[str, PathParameter(max_length=80, description="its serial, or its id")]

_SAID = Schema(
    type=OpenAPIType.OBJECT,
    required=["nonce", "timestamp", "sign"],
    properties={
        "nonce": Schema(type=OpenAPIType.STRING, description="another one in each post"),
        "timestamp": Schema(
            type=[OpenAPIType.INTEGER, OpenAPIType.STRING],
            description="seconds or milliseconds since 1970, within five minutes of ours",
        ),
        "sign": Schema(type=OpenAPIType.STRING, description="HMAC-SHA256 in hex, over name=value sorted by name"),
        "items": Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.OBJECT), description="the records"),
    },
    additional_properties=True,
    description="Every other name counts for all items, as device_sn does; bench_live.md has them",
)


@dataclass
class _Post(Operation):
    """The body for the API guide: it is read as bytes, so that every number stays as it was signed."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=_SAID)}, required=True)


@post(
    "/laboratory/live/{serial:str}",
    operation_id="postInstrumentRecords",
    operation_class=_Post,
    summary="Records that an instrument sends by itself, signed under its key",
    description="Signed JSON; how, and what a bench PC does while it is offline: bench_live.md. Every row is answered "
    "as for a file. A post whose answer was lost may be sent again as it is: 200 with the same answer, or 409 "
    "`laboratory/post-repeated`, which means that it is stored. 401 `laboratory/post-refused` says in `reason` which "
    "of signature, clock or nonce does not hold, and our time in `server_time`.",
    request_max_body_size=MAX_JSON_BYTES,
    responses={
        200: ResponseSpec(ImportAnswer, generate_examples=False, description="Sent before: the same answer"),
        201: ResponseSpec(ImportAnswer, generate_examples=False, description="Taken in"),
        202: ResponseSpec(ImportRecord, generate_examples=False, description="Kept; it is being read. See Location"),
    },
)
async def post_instrument_records(request: Request[Any, Any, Any], serial: FromPath[Serial]) -> Response[Any]:
    """By the instrument itself."""
    outcome = await live_posts.post_records(serial=serial, body=await request.body())
    found = outcome.record
    headers = {"Cache-Control": "no-store", "Location": f"/api/v1/laboratory/imports/{found.id}"}
    status = 202 if isinstance(found, ImportRecord) else 201 if outcome.created else 200
    return Response(found, status_code=status, headers=headers)


router = Router(path="/api/v1", route_handlers=[post_instrument_records], tags=["laboratory"])
