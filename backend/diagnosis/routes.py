"""Over HTTP: asking what a crop has, the queue, one request, and asking the farmer back."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.cases.parameters import Word, id_of
from backend.core import ids
from backend.core.clock import today
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.diagnosis import (
    following,  # noqa: F401 - its job registers
    lists,
    questions,
    records,
    requests,
    retention_rules,  # noqa: F401 - the rules register
)
from backend.diagnosis.lists import Part
from backend.diagnosis.reference import crops
from backend.diagnosis.request_schemas import (
    CropRecord,
    DiagnosisRecord,
    NewQuestion,
    NewRequest,
    QuestionAnswer,
    QuestionRecord,
    QueueItem,
    RequestedDiagnosis,
)
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Name = Annotated[str | None, QueryParameter(description="part of any of its names", min_length=1, max_length=40)]


@post(
    "/diagnosis/requests",
    operation_id="requestDiagnosis",
    summary="Ask what a crop has, for whoever called or came",
    description="It is a case of the kind diagnosis with the same id. Photos: uploaded before by the same person "
    "(`photo_ids`), or added to the case later. A farmer asks himself under his station's code, /q/{code}.",
    responses={
        200: ResponseSpec(RequestedDiagnosis, generate_examples=False, description="Asked before: as it is now")
    },
)
async def request_diagnosis(
    data: JSONBody[NewRequest], by: SignedIn, idempotency_key: Key = None
) -> Response[RequestedDiagnosis]:
    """By staff, where they hold a role or serve the household."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="requestDiagnosis", by=by))
    outcome = await requests.request_diagnosis(new=new, by=by, door="api")
    return answered(outcome, {"Cache-Control": "no-store"})


@get("/diagnosis/requests/{request_id:uuid}", operation_id="getDiagnosis", summary="A request with all around it")
async def get_diagnosis(request_id: FromPath[UUID], by: SignedIn) -> DiagnosisRecord:
    """Whoever owes it a blind second opinion does not see the first answer."""
    return await records.get(request_id=request_id, by=by)


@get(
    "/diagnosis/queue",
    operation_id="listDiagnosisQueue",
    summary="What waits, by the clock that falls due first",
    description="part=offered: put before me. claimed: I have it. pool: for whoever is able. asked: waits for the "
    "farmer. to_tell: answered and not told, the oldest first. all: everything open. answered: asked last first.",
)
async def list_queue(
    by: SignedIn,
    part: FromQuery[Part] = Part.ALL,
    crop_code: Word = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[QueueItem]:
    """One page of what one may see."""
    return await lists.list_queue(by=by, part=part, crop_code=crop_code, limit=limit, cursor=cursor)


@get("/diagnosis/crops", operation_id="listCrops", summary="The crops of today, the commonest first")
async def list_crops(by: SignedIn, name: Name = None) -> list[CropRecord]:  # noqa: ARG001 - refuses strangers
    """`name`: those that are called so, by any of their names."""
    found = (await crops()).on(today())
    return found if name is None else [each for each in found if _is_called(each, name.strip().lower())]


def _is_called(crop: CropRecord, name: str) -> bool:
    names = (crop.name_zh, crop.name_en.lower(), (crop.eppo_code or "").lower(), *crop.aliases)
    return any(name in each for each in names)


@post(
    "/diagnosis/requests/{request_id:uuid}/questions",
    operation_id="askFarmer",
    summary="Ask the farmer back; the case stands still until he answers",
    responses={200: ResponseSpec(QuestionRecord, generate_examples=False, description="Asked before")},
)
async def ask_farmer(
    request_id: FromPath[UUID], data: JSONBody[NewQuestion], by: SignedIn, idempotency_key: Key = None
) -> Response[QuestionRecord]:
    """By the expert who has it."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="askFarmer", by=by))
    return answered(await questions.ask_farmer(request_id=request_id, new=new, by=by))


@post(
    "/diagnosis/requests/{request_id:uuid}/questions/{question_id:uuid}/answer",
    operation_id="answerQuestion",
    summary="Write down what the farmer says to a question",
    description="On his receipt he answers himself. `no_better_photo`: an expert looks at what there is.",
    status_code=200,
)
async def answer_question(
    request_id: FromPath[UUID],
    question_id: FromPath[UUID],
    data: JSONBody[QuestionAnswer],
    by: SignedIn,
    idempotency_key: Key = None,
) -> DiagnosisRecord:
    """By the desk, the station, the cadre of today, or the expert who has rung him."""
    key = ids.from_key(by.person_id, "answerQuestion", idempotency_key) if idempotency_key else None
    new = replace(data, id=data.id or key)
    return await questions.answer_question(request_id=request_id, question_id=question_id, new=new, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[request_diagnosis, get_diagnosis, list_queue, list_crops, ask_farmer, answer_question],
    dependencies=NEEDS_SIGN_IN,
    tags=["diagnosis"],
)
