"""Surveys by telephone over HTTP: drawn, rung, closed, told."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.logs import request_id
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import survey_asking, survey_planning, survey_preview, survey_questions, survey_results, surveys
from backend.hotline.survey_schemas import (
    NewSurveyAnswer,
    NewSurveyWave,
    NextSurveyCall,
    StrataBy,
    SurveyDrawRecord,
    SurveyPreview,
    SurveyQuestion,
    SurveyResults,
    SurveyWaveRecord,
)
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/hotline/surveys",
    operation_id="planSurvey",
    summary="Draw households for a survey by telephone",
    description="Stratified by townships or villages in proportion to their households, by a seed that is kept: the "
    "order of SHA-256 over `seed:household_id`. Left out: who has no number, who opted out (consent of purpose "
    "`survey`), who was drawn this year. By supervisors and administrators of all of its division.",
    responses={200: ResponseSpec(SurveyWaveRecord, generate_examples=False, description="Drawn before: as it is now")},
)
async def plan_survey(
    data: JSONBody[NewSurveyWave], by: SignedIn, idempotency_key: Key = None
) -> Response[SurveyWaveRecord]:
    """Who was drawn is known while it runs."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="planSurvey")
    return answered(await survey_planning.plan_survey(id=id, new=data, by=by))


@get("/hotline/surveys", operation_id="listSurveys", summary="The surveys of a territory, the last drawn first")
async def list_surveys(by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None) -> Page[SurveyWaveRecord]:
    """For operators, supervisors, auditors and administrators of all of their division."""
    return await surveys.list_surveys(by=by, limit=limit, cursor=cursor)


@get(
    "/hotline/survey-preview",
    operation_id="previewSurvey",
    summary="What a survey would be before it is drawn: sizes, how sure, who is left out and why",
)
async def preview_survey(
    by: SignedIn,
    division_code: Annotated[str, QueryParameter(pattern=r"^[0-9]{12}([0-9]{3})?$")],
    strata: FromQuery[StrataBy],
    households: Annotated[int, QueryParameter(ge=1, le=20_000)],
) -> SurveyPreview:
    """For whoever may plan it."""
    return await survey_preview.preview_survey(division_code=division_code, strata=strata, households=households, by=by)


@get("/hotline/survey-questions", operation_id="listSurveyQuestions", summary="The usual questions of a survey")
async def list_survey_questions(by: SignedIn) -> list[SurveyQuestion]:  # noqa: ARG001 - refuses strangers
    """To plan one with; others may be asked."""
    return survey_questions.standard_questions()


@get("/hotline/surveys/{survey_id:uuid}", operation_id="getSurvey", summary="A survey, and how far it is")
async def get_survey(survey_id: FromPath[UUID], by: SignedIn) -> SurveyWaveRecord:
    """Its questions, strata and seed."""
    return await surveys.get_survey(survey_id=survey_id, by=by)


@post(
    "/hotline/surveys/{survey_id:uuid}/next-call",
    operation_id="takeNextSurveyCall",
    summary="Whom to ring next",
    description="Each time another household, which nobody else gets on that day; three days, then it counts as "
    "unreachable. With the `draw_id` of a household one has already it is the same one again. The reading of its "
    "number goes into its access log.",
    status_code=200,
)
async def take_next_survey_call(
    survey_id: FromPath[UUID], by: SignedIn, draw_id: FromQuery[UUID | None] = None
) -> Response[NextSurveyCall]:
    """By operators, supervisors and administrators, by day."""
    found = await survey_asking.next_survey_call(
        survey_id=survey_id, by=by, request_id=request_id.get(), draw_id=draw_id
    )
    return Response(found, status_code=200, headers=NO_STORE)


@post(
    "/hotline/surveys/{survey_id:uuid}/answers",
    operation_id="recordSurveyAnswer",
    summary="Say what came of a household",
    description="Its answers go to its stratum and can be joined to it by nobody; said again, nothing changes. "
    "`never_again` writes into the ledger of consents that it is in no survey any more.",
    responses={200: ResponseSpec(SurveyDrawRecord, generate_examples=False, description="Recorded before")},
)
async def record_survey_answer(
    survey_id: FromPath[UUID], data: JSONBody[NewSurveyAnswer], by: SignedIn
) -> Response[SurveyDrawRecord]:
    """By whoever rang."""
    return answered(await survey_asking.record_survey_answer(survey_id=survey_id, new=data, by=by), NO_STORE)


@post(
    "/hotline/surveys/{survey_id:uuid}/closure",
    operation_id="closeSurvey",
    summary="Close a survey: who was drawn is forgotten",
    status_code=200,
)
async def close_survey(survey_id: FromPath[UUID], by: SignedIn) -> SurveyWaveRecord:
    """By supervisors and administrators; the night after its last day it closes by itself."""
    return await surveys.close_survey(survey_id=survey_id, by=by)


@get(
    "/hotline/surveys/{survey_id:uuid}/results",
    operation_id="getSurveyResults",
    summary="What a closed survey tells, weighted, with its intervals",
    description="95 % intervals by Wilson's method, over all strata with the variance of a stratified sample. Where "
    "fewer than `least_shown` answered, nothing is told.",
)
async def get_survey_results(survey_id: FromPath[UUID], by: SignedIn) -> SurveyResults:
    """For supervisors, auditors and administrators."""
    return await survey_results.survey_results(survey_id=survey_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        *(plan_survey, list_surveys, get_survey, take_next_survey_call, record_survey_answer, close_survey),
        *(get_survey_results, preview_survey, list_survey_questions),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
