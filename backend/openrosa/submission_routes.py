"""What came in through ODK Collect, over HTTP: lists, one of them whole, and giving it to its verb once more."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.core.shapes import MomentQuery
from backend.openrosa import exporting, remapping, settling, submissions
from backend.openrosa.exporting import Asked
from backend.openrosa.submission_schemas import (
    SubmissionDetail,
    SubmissionMapping,
    SubmissionRecord,
    SubmissionSettlement,
)
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


@post(
    "/submissions/{submission_id:uuid}/settlement",
    operation_id="settleSubmission",
    summary="End its waiting by hand: carried over, or struck out",
    status_code=200,
)
async def settle_submission(
    submission_id: FromPath[UUID], data: JSONBody[SubmissionSettlement], by: SignedIn
) -> SubmissionRecord:
    """By a supervisor or administrator of its area."""
    return await settling.settle_submission(submission_id=submission_id, said=data, by=by)


@get(
    "/submissions/export.csv",
    operation_id="exportSubmissions",
    summary="Submissions of one form as a table, streamed",
    description="One row a submission, a column a question. Who takes it is written down.",
    media_type="text/csv",
)
async def export_csv(
    by: SignedIn,
    form_id: Annotated[str, QueryParameter(max_length=60, description="Of which form")],
    division_code: PlaceQuery = None,
    received_from: MomentQuery = None,
    received_to: MomentQuery = None,
) -> Stream:
    """Of the territory one oversees."""
    asked = await _exported(form_id, division_code, received_from, received_to, by)
    return Stream(exporting.csv_of(asked, by=by), media_type="text/csv; charset=utf-8", headers=_as(form_id))


@get(
    "/submissions/export.geojson",
    operation_id="exportSubmissionPoints",
    summary="The same as points (RFC 7946), streamed",
    description="A feature for each submission that has a position; after 90 days that is the middle of a 1 km cell.",
    media_type="application/geo+json",
)
async def export_geojson(
    by: SignedIn,
    form_id: Annotated[str, QueryParameter(max_length=60, description="Of which form")],
    division_code: PlaceQuery = None,
    received_from: MomentQuery = None,
    received_to: MomentQuery = None,
) -> Stream:
    """Of the territory one oversees."""
    asked = await _exported(form_id, division_code, received_from, received_to, by)
    return Stream(exporting.geojson_of(asked, by=by), media_type="application/geo+json")


async def _exported(
    form_id: str, division_code: str | None, received_from: datetime | None, received_to: datetime | None, by: SignedIn
) -> Asked:
    filters = SubmissionFilters(
        form_id=form_id,
        prefix=division_code and prefix_of(division_code),
        received_from=received_from,
        received_to=received_to,
    )
    return await exporting.begin(filters=filters, by=by, request_id=request_id.get())


def _as(form_id: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{form_id}.csv"'}


router = Router(
    "/api/v1",
    route_handlers=[
        *(list_submissions, get_submission, remap_submission, settle_submission),
        *(export_csv, export_geojson),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["submissions"],
)
