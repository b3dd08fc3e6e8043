"""What came in through ODK Collect, over HTTP: lists, one of them whole, and giving it to its verb once more."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.shapes import MomentQuery
from backend.openrosa import remapping, submissions
from backend.openrosa.submission_schemas import SubmissionDetail, SubmissionMapping, SubmissionRecord
from backend.openrosa.submissions import SubmissionFilters
from backend.openrosa.words import SubmissionState
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.rules import prefix_of

FormQuery = Annotated[str | None, QueryParameter(max_length=60, description="Of one form")]
PlaceQuery = Annotated[
    str | None, QueryParameter(pattern="^[0-9]{12}([0-9]{3})?$", description="A division, with everything under it")
]


@get(
    "/submissions",
    operation_id="listSubmissions",
    summary="What phones sent through OpenRosa, and what it became",
    description="One's own, and those of the territory one oversees; the newest first.",
)
async def list_submissions(
    by: SignedIn,
    form_id: FormQuery = None,
    only: FromQuery[SubmissionState | None] = None,
    sender_id: FromQuery[UUID | None] = None,
    division_code: PlaceQuery = None,
    received_from: MomentQuery = None,
    received_to: MomentQuery = None,
    limit: LimitQuery = 250,
    cursor: CursorQuery = None,
) -> Page[SubmissionRecord]:
    """`only`: in one state; `attention` is what waits for somebody to put it right."""
    filters = SubmissionFilters(
        form_id=form_id,
        state=only,
        sender_id=sender_id,
        prefix=division_code and prefix_of(division_code),
        received_from=received_from,
        received_to=received_to,
    )
    return await submissions.list_submissions(by=by, filters=filters, limit=limit, cursor=cursor)


@get(
    "/submissions/{submission_id:uuid}",
    operation_id="getSubmission",
    summary="One submission: its answers, and the digest of every file that arrived",
    description="Reading what another person sent is written down.",
)
async def get_submission(submission_id: FromPath[UUID], by: SignedIn) -> SubmissionDetail:
    """One's own, or of the territory one oversees."""
    return await submissions.get_submission(submission_id=submission_id, by=by, request_id=request_id.get())


@post(
    "/submissions/{submission_id:uuid}/mapping",
    operation_id="remapSubmission",
    summary="Give it to its form's verb once more, with answers put right where need be",
    description="For what waits (`attention`). Refused again, it waits on and says why; what is a record stays it.",
    status_code=200,
)
async def remap_submission(
    submission_id: FromPath[UUID], data: JSONBody[SubmissionMapping], by: SignedIn
) -> SubmissionRecord:
    """By whoever sent it, or a supervisor or administrator of its area."""
    return await remapping.remap_submission(submission_id=submission_id, said=data, by=by)


router = Router(
    "/api/v1",
    route_handlers=[list_submissions, get_submission, remap_submission],
    dependencies=NEEDS_SIGN_IN,
    tags=["submissions"],
)
