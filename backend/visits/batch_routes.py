"""Ten thousand visits at a time over HTTP, stored while they arrive."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import MediaType, Request, post
from litestar.exceptions import InternalServerException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema
from litestar.response import Stream

from backend.core.settings import settings
from backend.people.guards import SignedIn
from backend.visits import batch
from backend.visits.body import json_rows, ndjson_rows
from backend.visits.schemas import BatchVerdict, RowOutcome

NDJSON = "application/x-ndjson"
_encode = msgspec.json.Encoder().encode

_NEW_VISIT = Reference(ref="#/components/schemas/NewVisit")
_VISITS = Schema(type=OpenAPIType.ARRAY, items=_NEW_VISIT, max_items=batch.LONGEST)
_OBJECT = Schema(type=OpenAPIType.OBJECT, required=["visits"], properties={"visits": _VISITS})


@dataclass
class _Batch(Operation):
    """The body of the batch for the API guide: it is read as a stream, so Litestar cannot see it."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            required=True,
            description=f"Up to {batch.LONGEST} visits. As NDJSON: one visit a line, without the outer object.",
            content={
                "application/json": OpenAPIMediaType(schema=_OBJECT),
                NDJSON: OpenAPIMediaType(schema=_NEW_VISIT),
            },
        )


@post(
    "/batch",
    operation_id="recordVisits",
    operation_class=_Batch,
    summary="Record up to 10,000 contacts",
    description="Each row gets a verdict, in order; a bad one is refused and the rest stored. Sent twice, nothing is "
    "stored twice; a row without an id is known by its content.",
    status_code=200,
    request_max_body_size=settings().batch_max_bytes,
    responses={200: ResponseSpec(BatchVerdict, generate_examples=False)},
)
async def record_visits(request: Request[Any, Any, Any], by: SignedIn) -> Stream:
    """Store while the body arrives; answer when it has ended, as many clients do not listen while they send."""
    rows = ndjson_rows if (request.content_type[0] == NDJSON) else json_rows
    totals: Counter[RowOutcome] = Counter()
    verdicts: list[bytes] = []
    async for verdict in batch.record_visits(rows=rows(_arriving(request)), by=by):
        totals[verdict.outcome] += 1
        verdicts.append(_encode(verdict))
    return Stream(_answer(totals, verdicts), media_type=MediaType.JSON, status_code=200)


async def _arriving(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException:
        return  # the phone hung up: what came whole is stored all the same


async def _answer(totals: Counter[RowOutcome], verdicts: list[bytes]) -> AsyncIterator[bytes]:
    head = _encode(batch.counted(totals))[:-1]
    yield head + b',"rows":['
    for start in range(0, len(verdicts), batch.CHUNK):
        yield (b"," if start else b"") + b",".join(verdicts[start : start + batch.CHUNK])
    yield b"]}"
