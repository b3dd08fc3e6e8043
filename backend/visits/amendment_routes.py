"""What becomes of a visit afterwards, over HTTP: put right, photos added, flags answered."""

from uuid import UUID

from litestar import Response, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace

from backend.core.creates import answered
from backend.people.guards import SignedIn
from backend.visits import actions, amendments, photos
from backend.visits.answered import ETAG, shown
from backend.visits.body import ROW_MAX_BYTES
from backend.visits.parameters import IfMatch
from backend.visits.schemas import AmendVisit, FlagAnswer, FlagRecord, NewVisitPhotos, VisitRecord
from backend.visits.tables import FlagKind


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
    return shown(await amendments.amend_visit(visit_id=visit_id, change=data, by=by), 200)


@post(
    "/{visit_id:uuid}/photos",
    operation_id="attachVisitPhotos",
    summary="Add photos to one's own visit",
    description="For photos that came after the visit. Sent again, or with photos that it has already, it changes "
    "nothing. A picture that another visit shows too raises a flag.",
    status_code=200,
    response_headers=[ETAG],
)
async def attach_visit_photos(
    visit_id: FromPath[UUID], data: JSONBody[NewVisitPhotos], by: SignedIn
) -> Response[VisitRecord]:
    """By whoever recorded it."""
    await photos.attach_photos(visit_id=visit_id, photos=data.photos, by=by)
    return shown(await actions.get_visit(visit_id=visit_id, by=by), 200)


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
