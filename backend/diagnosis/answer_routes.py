"""Over HTTP: answers and corrections, blind second opinions, telling the farmer, what became of the crop."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.diagnosis import agreement, answers, outcomes, second_opinions, telling, templates
from backend.diagnosis.answer_schemas import (
    AgreementRecord,
    AnswerRecord,
    BanRecord,
    ConditionRecord,
    NewAnswer,
    NewOutcome,
    NewSecondOpinion,
    NewTelling,
    OutcomeRecord,
    SecondOpinionRecord,
    TemplateRecord,
    ToldRecord,
)
from backend.diagnosis.words import Topic
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Word = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=60)]
Named = Annotated[str | None, QueryParameter(description="part of the name", min_length=1, max_length=40)]
Month = Annotated[int | None, QueryParameter(ge=1, le=12)]

BEFORE = "Said before with the same content"


@post(
    "/diagnosis/requests/{request_id:uuid}/answer",
    operation_id="answerDiagnosis",
    summary="What the crop has, how sure that is, and what to do",
    description="By whoever has the request, or the studio's chief. A pesticide under a ban is refused with the rule "
    "(409, `errors` point at the product), judged by the day of the answer and of the planned treatments, by substance "
    "and by name. A pesticide takes dose, unit, interval and pre-harvest days (400); a fertiliser needs none. With no "
    "registration it only warns. The farmer is told, or a task asks somebody to ring him.",
    responses={200: ResponseSpec(AnswerRecord, generate_examples=False, description=BEFORE)},
)
async def answer_diagnosis(
    request_id: FromPath[UUID], data: JSONBody[NewAnswer], by: SignedIn, idempotency_key: Key = None
) -> Response[AnswerRecord]:
    """Once; afterwards it is corrected."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="answerDiagnosis", by=by))
    return answered(await answers.answer_diagnosis(request_id=request_id, new=new, by=by))


@post(
    "/diagnosis/requests/{request_id:uuid}/correction",
    operation_id="correctDiagnosis",
    summary="A chief expert corrects an answer, and the farmer is told",
    description="What was said first stays readable with its date.",
    responses={200: ResponseSpec(AnswerRecord, generate_examples=False, description=BEFORE)},
)
async def correct_diagnosis(
    request_id: FromPath[UUID], data: JSONBody[NewAnswer], by: SignedIn, idempotency_key: Key = None
) -> Response[AnswerRecord]:
    """By the studio's chief expert."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="correctDiagnosis", by=by))
    return answered(await answers.correct_diagnosis(request_id=request_id, new=new, by=by))


@post(
    "/diagnosis/requests/{request_id:uuid}/second-opinions",
    operation_id="requestSecondOpinion",
    summary="Ask another expert, who does not see what the first one said",
    description="The best able one unless `expert_id` says who.",
    responses={200: ResponseSpec(SecondOpinionRecord, generate_examples=False, description="Asked before")},
)
async def request_second_opinion(
    request_id: FromPath[UUID], data: JSONBody[NewSecondOpinion], by: SignedIn, idempotency_key: Key = None
) -> Response[SecondOpinionRecord]:
    """By whoever has the request, the chief expert, or who leads the place."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="requestSecondOpinion", by=by))
    return answered(await second_opinions.request_second_opinion(request_id=request_id, new=new, by=by))


@get(
    "/diagnosis/requests/{request_id:uuid}/second-opinions",
    operation_id="listSecondOpinions",
    summary="Who was asked for a second opinion, and whether he has given it",
)
async def list_second_opinions(request_id: FromPath[UUID], by: SignedIn) -> list[SecondOpinionRecord]:
    """To everybody who sees the request; what they said stands among its answers."""
    return await second_opinions.list_second_opinions(request_id=request_id, by=by)


@post(
    "/diagnosis/requests/{request_id:uuid}/second-opinions/{opinion_id:uuid}/answer",
    operation_id="giveSecondOpinion",
    summary="Say what one sees, before one reads what others said",
    description="The farmer is not told. The same rules hold as for an answer.",
    responses={200: ResponseSpec(AnswerRecord, generate_examples=False, description=BEFORE)},
)
async def give_second_opinion(
    request_id: FromPath[UUID],
    opinion_id: FromPath[UUID],
    data: JSONBody[NewAnswer],
    by: SignedIn,
    idempotency_key: Key = None,
) -> Response[AnswerRecord]:
    """By the expert who was asked."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="giveSecondOpinion", by=by))
    given = await second_opinions.give_second_opinion(request_id=request_id, opinion_id=opinion_id, new=new, by=by)
    return answered(given)


@post(
    "/diagnosis/requests/{request_id:uuid}/telling",
    operation_id="tellAnswer",
    summary="The farmer has heard the answer",
    description="Rung, or read to him. What was asked for it is done, and the case is answered. Ticking the task in "
    "`/my/tasks` counts the same within a minute.",
    responses={200: ResponseSpec(ToldRecord, generate_examples=False, description="He had heard it before")},
)
async def tell_answer(
    request_id: FromPath[UUID], data: JSONBody[NewTelling], by: SignedIn, idempotency_key: Key = None
) -> Response[ToldRecord]:
    """By whoever was asked to, or sees the request."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="tellAnswer", by=by))
    return answered(await telling.tell(request_id=request_id, new=new, by=by))


@post(
    "/diagnosis/requests/{request_id:uuid}/outcomes",
    operation_id="recordOutcome",
    summary="Better, the same or worse, as the farmer says",
    description="Area and value saved are the farmer's own figures, marked `declared`. Said again, the newest counts.",
    responses={200: ResponseSpec(OutcomeRecord, generate_examples=False, description=BEFORE)},
)
async def record_outcome(
    request_id: FromPath[UUID], data: JSONBody[NewOutcome], by: SignedIn, idempotency_key: Key = None
) -> Response[OutcomeRecord]:
    """By whoever sees the request; the farmer himself does it on his receipt."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordOutcome", by=by))
    return answered(await outcomes.record_outcome(request_id=request_id, new=new, by=by))


@get(
    "/diagnosis/conditions",
    operation_id="listConditions",
    summary="Coded diagnoses, with EPPO codes where there is one",
    description="Of a crop, and such as occur on any.",
)
async def list_conditions(
    by: SignedIn,  # noqa: ARG001 - refuses strangers
    crop: Word = None,
    topic: FromQuery[Topic | None] = None,
    name: Named = None,
) -> list[ConditionRecord]:
    """For everybody signed in."""
    return await templates.list_conditions(crop_code=crop, topic=topic, name=name)


@get(
    "/diagnosis/answer-templates",
    operation_id="listAnswerTemplates",
    summary="What an answer may begin from, by crop, condition and season",
    description="Where a dose is not certain it is empty, and the expert fills it in.",
)
async def list_answer_templates(
    by: SignedIn,  # noqa: ARG001 - refuses strangers
    crop: Word = None,
    condition: Word = None,
    month: Month = None,
) -> list[TemplateRecord]:
    """For everybody signed in."""
    return await templates.list_templates(crop_code=crop, condition_code=condition, month=month)


@get(
    "/diagnosis/pesticide-bans",
    operation_id="listPesticideBans",
    summary="Which pesticides may not be used, since when, on which crops, and by whose rule",
)
async def list_pesticide_bans(
    by: SignedIn,  # noqa: ARG001 - refuses strangers
    crop: Word = None,
    on: FromQuery[date | None] = None,
) -> list[BanRecord]:
    """Those of a day (today), the latest first."""
    return await templates.list_bans(crop_code=crop, on=on)


@get(
    "/diagnosis/agreement",
    operation_id="getAgreement",
    summary="How often a blind second opinion names the same",
    description="Cohen's kappa with its 95 % confidence interval, of answers with a code on both sides; null while "
    "there are fewer than `least_n`. About answers, never about a person.",
)
async def get_agreement(
    by: SignedIn,
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    crop: Word = None,
) -> AgreementRecord:
    """For supervisors, auditors and admins of a territory, and experts of a studio."""
    return await agreement.get_agreement(by=by, since=since, until=until, crop_code=crop)


router = Router(
    path="/api/v1",
    route_handlers=[
        *(answer_diagnosis, correct_diagnosis, request_second_opinion, list_second_opinions, give_second_opinion),
        *(tell_answer, record_outcome),
        *(list_conditions, list_answer_templates, list_pesticide_bans, get_agreement),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["diagnosis"],
)
