"""Visits over HTTP: one at a time, ten thousand at a time, read back, listed, amended, and their flags answered."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, Router, get, patch, post
from litestar.datastructures import ResponseHeader
from litestar.exceptions import InternalServerException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter
from litestar.response import Stream
from msgspec.structs import replace

from backend.core import ids
from backend.core.creates import Key, answered
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import FieldError, Invalid
from backend.core.settings import settings
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.coordinates import Crs
from backend.territory.parameters import Division
from backend.visits import actions, amendments, batch, retention_rules  # noqa: F401 - the rules register
from backend.visits.body import ROW_MAX_BYTES, json_rows, ndjson_rows
from backend.visits.parameters import At, Cursor, Limit, Word, with_zone
from backend.visits.schemas import (
    AmendVisit,
    BatchVerdict,
    FlagAnswer,
    FlagRecord,
    NewVisit,
    RowOutcome,
    TopicRecord,
    VisitFilters,
    VisitRecord,
)
from backend.visits.tables import Channel, FlagKind

NDJSON = "application/x-ndjson"
ETAG = ResponseHeader(
    name="ETag", description="The version in quotes; send it back as If-Match", documentation_only=True
)

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", pattern=r'^(W/)?"[0-9]{1,9}"$', max_length=14)]
ShownIn = Annotated[Crs, QueryParameter(description="the system in which points are given back")]
Bbox = Annotated[str | None, QueryParameter(description="west,south,east,north in WGS-84 degrees", max_length=100)]

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
    "/",
    operation_id="recordVisit",
    summary="Record one contact",
    description="201 the first time, 200 for the same again. What looks odd comes back as `flags`, never as a refusal.",
    request_max_body_size=ROW_MAX_BYTES,
    response_headers=[ETAG],
    responses={200: ResponseSpec(VisitRecord, generate_examples=False, description="The same again: as it is now")},
)
async def record_visit(data: JSONBody[NewVisit], by: SignedIn, idempotency_key: Key = None) -> Response[VisitRecord]:
    """Record one contact."""
    if data.id is None and idempotency_key:
        data = replace(data, id=ids.from_key(by.person_id, "recordVisit", idempotency_key))
    outcome = await actions.record_visit(new=data, by=by)
    return _shown(outcome.record, 201 if outcome.created else 200)


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


@get("/topics", operation_id="listTopics", summary="What a contact can be about: six categories and what is under them")
async def list_topics(by: SignedIn) -> list[TopicRecord]:  # noqa: ARG001 - asking for it is what refuses strangers
    """The topics of today."""
    return await actions.topics()


@get("/{visit_id:uuid}", operation_id="getVisit", summary="One contact", response_headers=[ETAG])
async def get_visit(visit_id: FromPath[UUID], by: SignedIn, crs: ShownIn = Crs.WGS84) -> Response[VisitRecord]:
    """One visit as it stands. Whoever recorded it has seen its flags then."""
    return _shown(await actions.get_visit(visit_id=visit_id, by=by, crs=crs), 200)


@get(
    "/",
    operation_id="listVisits",
    summary="Contacts, newest first",
    description="One's own, those of the households one serves, and those of the territory one oversees.",
)
async def list_visits(
    by: SignedIn,
    division_code: Division = None,
    occurred_from: At = None,
    occurred_to: At = None,
    flag: FromQuery[FlagKind | None] = None,
    channel: FromQuery[Channel | None] = None,
    household_id: FromQuery[UUID | None] = None,
    recorded_by: FromQuery[UUID | None] = None,
    campaign_code: Word = None,
    bbox: Bbox = None,
    has_point: FromQuery[bool | None] = None,
    crs: ShownIn = Crs.WGS84,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[VisitRecord]:
    """One page of visits; `next_cursor` is null on the last."""
    filters = VisitFilters(
        division_code=division_code,
        occurred_from=with_zone("occurred_from", occurred_from),
        occurred_to=with_zone("occurred_to", occurred_to),
        flag=flag,
        channel=channel,
        household_id=household_id,
        recorded_by=recorded_by,
        campaign_code=campaign_code,
        bbox=bbox_of(bbox),
        has_point=has_point,
    )
    rows = await actions.find_visits(by=by, filters=filters, limit=limit, after=position(cursor), crs=crs)
    return page(rows, limit, lambda visit: Position(visit.occurred_at, visit.id))


@patch(
    "/{visit_id:uuid}",
    operation_id="amendVisit",
    summary="Put a contact right",
    description="Needs a reason and the version that was read. What the visit said before is kept.",
    request_max_body_size=ROW_MAX_BYTES,
    response_headers=[ETAG],
)
async def amend_visit(
    visit_id: FromPath[UUID], data: JSONBody[AmendVisit], by: SignedIn, if_match: IfMatch = None
) -> Response[VisitRecord]:
    """Put a visit right."""
    if data.version is None and if_match:
        data = replace(data, version=int(if_match.strip('W/"')))
    return _shown(await amendments.amend_visit(visit_id=visit_id, change=data, by=by), 200)


@post(
    "/{visit_id:uuid}/flags/{kind:str}/answer",
    operation_id="answerFlag",
    summary="Answer a flag on one's own visit",
    description="201 the first time, 200 for the same again; the first answer stays.",
    responses={200: ResponseSpec(FlagRecord, generate_examples=False, description="The same again")},
)
async def answer_flag(
    visit_id: FromPath[UUID], kind: FromPath[FlagKind], data: JSONBody[FlagAnswer], by: SignedIn
) -> Response[FlagRecord]:
    """What the cadre says to a flag."""
    outcome = await actions.answer_flag(visit_id=visit_id, kind=kind, answer=data.answer, by=by)
    return answered(outcome)


def bbox_of(text: str | None) -> tuple[float, float, float, float] | None:
    """`west,south,east,north` as numbers. Raises Invalid (400)."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        wrong = FieldError(pointer="bbox", detail="Four numbers: west,south,east,north, in degrees.", code="shape")
        raise Invalid("This is no box on the earth.", errors=[wrong])
    return west, south, east, north


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


def _shown(record: VisitRecord, status_code: int) -> Response[VisitRecord]:
    headers = {"ETag": f'"{record.version}"'}
    if status_code == 201:
        headers["Location"] = f"/api/v1/visits/{record.id}"
    return Response(record, status_code=status_code, headers=headers)


router = Router(
    "/api/v1/visits",
    route_handlers=[
        record_visit,
        record_visits,
        list_topics,
        list_visits,
        get_visit,
        amend_visit,
        answer_flag,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["visits"],
)
