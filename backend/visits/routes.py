"""Visits over HTTP: recorded, read back, listed; many at once in `batch_routes`, put right in `amendment_routes`."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec.structs import replace

from backend.core import ids
from backend.core.creates import Key
from backend.core.paging import Page, Position, page, position
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.coordinates import Crs
from backend.territory.parameters import Division
from backend.visits import actions, retention_rules  # noqa: F401 - the rules register
from backend.visits.amendment_routes import amend_visit, answer_flag, attach_visit_photos
from backend.visits.answered import ETAG, shown
from backend.visits.batch_routes import record_visits
from backend.visits.body import ROW_MAX_BYTES
from backend.visits.parameters import At, Bbox, Cursor, Limit, ShownIn, Word, bbox_of, with_zone
from backend.visits.schemas import NewVisit, TopicRecord, VisitFilters, VisitRecord
from backend.visits.tables import Channel, FlagKind


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
    return shown(outcome.record, 201 if outcome.created else 200)


@get("/topics", operation_id="listTopics", summary="What a contact can be about: six categories and what is under them")
async def list_topics(by: SignedIn) -> list[TopicRecord]:  # noqa: ARG001 - asking for it is what refuses strangers
    """The topics of today."""
    return await actions.topics()


@get("/{visit_id:uuid}", operation_id="getVisit", summary="One contact", response_headers=[ETAG])
async def get_visit(visit_id: FromPath[UUID], by: SignedIn, crs: ShownIn = Crs.WGS84) -> Response[VisitRecord]:
    """One visit as it stands. Whoever recorded it has seen its flags then."""
    return shown(await actions.get_visit(visit_id=visit_id, by=by, crs=crs), 200)


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
        attach_visit_photos,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["visits"],
)
