"""Over HTTP: talks, posters, coverage with the app, and checks."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec.structs import replace

from backend.antifraud import checks, coverages, talks
from backend.antifraud.outreach_schemas import (
    AppCoverageRecord,
    NewAppCoverage,
    NewFix,
    NewPosters,
    NewSupervisionCheck,
    NewTalk,
    PostersRecord,
    SupervisionCheckRecord,
    TalkRecord,
    VillageAppCoverage,
)
from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division

WRITTEN = "Written down before"


@post(
    "/antifraud/talks",
    operation_id="recordTalk",
    summary="Write down a talk with residents",
    description="Where, about what, how many; no names. A photo is sent before, by the same person.",
    responses={200: ResponseSpec(TalkRecord, generate_examples=False, description=WRITTEN)},
)
async def record_talk(data: JSONBody[NewTalk], by: SignedIn, idempotency_key: Key = None) -> Response[TalkRecord]:
    """By assistants, supervisors and administrators of the place."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordTalk", by=by))
    return answered(await talks.record_talk(new=new, by=by))


@get("/antifraud/talks", operation_id="listTalks", summary="Talks, the newest first")
async def list_talks(
    by: SignedIn, division_code: Division = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[TalkRecord]:
    """Of one's territory."""
    return await talks.list_talks(by=by, division_code=division_code, limit=limit, cursor=cursor)


@post(
    "/antifraud/posters",
    operation_id="recordPosters",
    summary="Write down posters and where they hang",
    description="With a photo of the place, sent before by the same person.",
    responses={200: ResponseSpec(PostersRecord, generate_examples=False, description=WRITTEN)},
)
async def record_posters(
    data: JSONBody[NewPosters], by: SignedIn, idempotency_key: Key = None
) -> Response[PostersRecord]:
    """By assistants, supervisors and administrators of the place."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordPosters", by=by))
    return answered(await talks.record_posters(new=new, by=by))


@get("/antifraud/posters", operation_id="listPosters", summary="Posters, the newest first")
async def list_posters(
    by: SignedIn, division_code: Division = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[PostersRecord]:
    """Of one's territory."""
    return await talks.list_posters(by=by, division_code=division_code, limit=limit, cursor=cursor)


@post(
    "/antifraud/app-coverage",
    operation_id="recordAppCoverage",
    summary="Write down how many of a village say that they have the app",
    description="Two numbers, a day and a source, of five people at least. Who has it is asked of nobody's phone and "
    "kept nowhere.",
    responses={200: ResponseSpec(AppCoverageRecord, generate_examples=False, description=WRITTEN)},
)
async def record_app_coverage(
    data: JSONBody[NewAppCoverage], by: SignedIn, idempotency_key: Key = None
) -> Response[AppCoverageRecord]:
    """By assistants, supervisors and administrators of the village."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordAppCoverage", by=by))
    return answered(await coverages.record_app_coverage(new=new, by=by))


@get(
    "/antifraud/app-coverage",
    operation_id="listAppCoverage",
    summary="The newest count of each village, and the villages where nobody counted",
)
async def list_app_coverage(
    by: SignedIn, division_code: Division = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[VillageAppCoverage]:
    """In the order of their codes, never by how many."""
    return await coverages.list_app_coverage(by=by, division_code=division_code, limit=limit, cursor=cursor)


@post(
    "/antifraud/checks",
    operation_id="recordSupervisionCheck",
    summary="Write down what a supervision group found",
    description="By supervisors, auditors and administrators of the place. No name and no number of a resident.",
    responses={200: ResponseSpec(SupervisionCheckRecord, generate_examples=False, description=WRITTEN)},
)
async def record_supervision_check(
    data: JSONBody[NewSupervisionCheck], by: SignedIn, idempotency_key: Key = None
) -> Response[SupervisionCheckRecord]:
    """With the day by which it is to be put right."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordSupervisionCheck", by=by))
    return answered(await checks.record_check(new=new, by=by))


@post(
    "/antifraud/checks/{check_id:uuid}/fix",
    operation_id="fixSupervisionCheck",
    summary="What was found is put right",
    description="By assistants, supervisors and administrators of the place; said again, it is as it was.",
    status_code=200,
)
async def fix_supervision_check(
    check_id: FromPath[UUID], data: JSONBody[NewFix], by: SignedIn
) -> SupervisionCheckRecord:
    """When, and how."""
    return await checks.fix_check(check_id=check_id, fix=data, by=by)


@get("/antifraud/checks", operation_id="listSupervisionChecks", summary="Checks, the newest first")
async def list_supervision_checks(
    by: SignedIn,
    division_code: Division = None,
    to_fix: FromQuery[bool | None] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[SupervisionCheckRecord]:
    """`to_fix`: only those that wait to be put right, or only the others."""
    return await checks.list_checks(by=by, division_code=division_code, to_fix=to_fix, limit=limit, cursor=cursor)


router = Router(
    path="/api/v1",
    route_handlers=[
        record_talk,
        list_talks,
        record_posters,
        list_posters,
        record_app_coverage,
        list_app_coverage,
        record_supervision_check,
        fix_supervision_check,
        list_supervision_checks,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["antifraud"],
)
