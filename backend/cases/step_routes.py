"""The steps of a case over HTTP. Each answers the case as it is now; the same step again changes nothing."""

from uuid import UUID

from litestar import Router, post
from litestar.params import FromPath, JSONBody

from backend.cases import dispatching, ending, working
from backend.cases.parameters import id_of
from backend.cases.schemas import CaseRecord
from backend.cases.step_schemas import (
    AddingPhotos,
    ComingBack,
    Dispatching,
    Evaluating,
    Explaining,
    Going,
    Noting,
    Rejecting,
    Resolving,
    Suspending,
    TakingInHand,
    Telling,
    Transferring,
)
from backend.core.creates import Key
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/cases/{case_id:uuid}/dispatch",
    operation_id="dispatchCase",
    summary="Send it to the unit that acts, or to the one proposed",
    status_code=200,
)
async def dispatch(
    case_id: FromPath[UUID], data: JSONBody[Dispatching], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="dispatchCase", by=by)
    return await dispatching.dispatch(case_id=case_id, id=id, unit_id=data.unit_id, remark=data.remark, by=by)


@post(
    "/cases/{case_id:uuid}/taking-in-hand",
    operation_id="takeCaseInHand",
    summary="Take it in hand: it is one's own from now on",
    status_code=200,
)
async def take_in_hand(
    case_id: FromPath[UUID], data: JSONBody[TakingInHand], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="takeCaseInHand", by=by)
    return await dispatching.take_in_hand(case_id=case_id, id=id, by=by)


@post(
    "/cases/{case_id:uuid}/transfer",
    operation_id="transferCase",
    summary="Send it on to another unit; the owner stays",
    status_code=200,
)
async def transfer(
    case_id: FromPath[UUID], data: JSONBody[Transferring], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="transferCase", by=by)
    return await dispatching.transfer(
        case_id=case_id, id=id, to_unit_id=data.to_unit_id, reason=data.reason, remark=data.remark, by=by
    )


@post(
    "/cases/{case_id:uuid}/suspension",
    operation_id="suspendCase",
    summary="Stand still, with both clocks",
    status_code=200,
)
async def suspend(
    case_id: FromPath[UUID], data: JSONBody[Suspending], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="suspendCase", by=by)
    return await working.suspend(case_id=case_id, id=id, reason_code=data.reason_code, remark=data.remark, by=by)


@post("/cases/{case_id:uuid}/resumption", operation_id="resumeCase", summary="Go on, with both clocks", status_code=200)
async def resume(
    case_id: FromPath[UUID], data: JSONBody[Going], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="resumeCase", by=by)
    return await working.resume(case_id=case_id, id=id, remark=data.remark, by=by)


@post(
    "/cases/{case_id:uuid}/response",
    operation_id="respondToCase",
    summary="An answer in substance while the work goes on",
    status_code=200,
)
async def respond(
    case_id: FromPath[UUID], data: JSONBody[Telling], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="respondToCase", by=by)
    return await working.respond(case_id=case_id, id=id, remark=data.remark, by=by)


@post("/cases/{case_id:uuid}/notes", operation_id="noteOnCase", summary="A remark for staff", status_code=200)
async def note(
    case_id: FromPath[UUID], data: JSONBody[Noting], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="noteOnCase", by=by)
    return await working.note(case_id=case_id, id=id, remark=data.remark, by=by)


@post(
    "/cases/{case_id:uuid}/resolution",
    operation_id="resolveCase",
    summary="What was asked for is done",
    status_code=200,
)
async def resolve(
    case_id: FromPath[UUID], data: JSONBody[Resolving], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="resolveCase", by=by)
    return await working.resolve(case_id=case_id, id=id, remark=data.remark, photo_ids=data.photo_ids, by=by)


@post(
    "/cases/{case_id:uuid}/explanation",
    operation_id="explainCase",
    summary="It cannot be done, and why was explained",
    status_code=200,
)
async def explain(
    case_id: FromPath[UUID], data: JSONBody[Explaining], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="explainCase", by=by)
    return await working.explain(
        case_id=case_id,
        id=id,
        reason_code=data.reason_code,
        remark=data.remark,
        proof_photo_ids=data.proof_photo_ids,
        by=by,
    )


@post(
    "/cases/{case_id:uuid}/rejection",
    operation_id="rejectCase",
    summary="What is asked for is unreasonable",
    status_code=200,
)
async def reject(
    case_id: FromPath[UUID], data: JSONBody[Rejecting], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="rejectCase", by=by)
    return await working.reject(case_id=case_id, id=id, reason=data.reason, by=by)


@post(
    "/cases/{case_id:uuid}/answer",
    operation_id="answerCase",
    summary="The citizen is told how it ended",
    status_code=200,
)
async def answer(
    case_id: FromPath[UUID], data: JSONBody[Telling], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="answerCase", by=by)
    return await ending.answer(case_id=case_id, id=id, remark=data.remark, by=by)


@post(
    "/cases/{case_id:uuid}/evaluation",
    operation_id="evaluateCase",
    summary="What the citizen says of it",
    status_code=200,
)
async def evaluate(
    case_id: FromPath[UUID], data: JSONBody[Evaluating], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="evaluateCase", by=by)
    return await ending.evaluate(case_id=case_id, id=id, satisfaction=data.satisfaction, remark=data.remark, by=by)


@post(
    "/cases/{case_id:uuid}/reopening",
    operation_id="reopenCase",
    summary="It did not help: again, with new clocks",
    status_code=200,
)
async def reopen(
    case_id: FromPath[UUID], data: JSONBody[ComingBack], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="reopenCase", by=by)
    return await ending.reopen(case_id=case_id, id=id, reason=data.reason, by=by)


@post(
    "/cases/{case_id:uuid}/contest",
    operation_id="contestCase",
    summary="The citizen does not accept it: again, with new clocks",
    status_code=200,
)
async def contest(
    case_id: FromPath[UUID], data: JSONBody[ComingBack], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="contestCase", by=by)
    return await ending.contest(case_id=case_id, id=id, reason=data.reason, by=by)


@post(
    "/cases/{case_id:uuid}/withdrawal", operation_id="withdrawCase", summary="It is no longer wanted", status_code=200
)
async def withdraw(
    case_id: FromPath[UUID], data: JSONBody[Going], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="withdrawCase", by=by)
    return await ending.withdraw(case_id=case_id, id=id, remark=data.remark, by=by)


@post(
    "/cases/{case_id:uuid}/contact/erasure",
    operation_id="eraseCaseContact",
    summary="Forget who asked, and his words",
    status_code=200,
)
async def erase_contact(
    case_id: FromPath[UUID], data: JSONBody[TakingInHand], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="eraseCaseContact", by=by)
    return await ending.erase_contact(case_id=case_id, id=id, by=by)


@post(
    "/cases/{case_id:uuid}/photos", operation_id="addCasePhotos", summary="More photos of the matter", status_code=200
)
async def add_photos(
    case_id: FromPath[UUID], data: JSONBody[AddingPhotos], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="addCasePhotos", by=by)
    return await working.add_photos(case_id=case_id, id=id, photo_ids=data.photo_ids, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        dispatch,
        take_in_hand,
        transfer,
        suspend,
        resume,
        respond,
        note,
        resolve,
        explain,
        reject,
        answer,
        evaluate,
        reopen,
        contest,
        withdraw,
        erase_contact,
        add_photos,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["cases"],
)
