"""Steps of whoever acts on a case, over HTTP."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody

from backend.cases import working
from backend.cases.parameters import id_of
from backend.cases.schemas import CaseRecord
from backend.cases.step_schemas import (
    AddingPhotos,
    Explaining,
    Going,
    Noting,
    Rejecting,
    Resolving,
    Suspending,
    Telling,
)
from backend.core.creates import Key
from backend.people.guards import SignedIn


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
    "/cases/{case_id:uuid}/photos", operation_id="addCasePhotos", summary="More photos of the matter", status_code=200
)
async def add_photos(
    case_id: FromPath[UUID], data: JSONBody[AddingPhotos], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="addCasePhotos", by=by)
    return await working.add_photos(case_id=case_id, id=id, photo_ids=data.photo_ids, by=by)
