"""Steps by which a case ends, or comes back, over HTTP."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody

from backend.cases import ending
from backend.cases.parameters import id_of
from backend.cases.schemas import CaseRecord
from backend.cases.step_schemas import (
    ComingBack,
    Evaluating,
    Going,
    TakingInHand,
    Telling,
)
from backend.core.creates import Key
from backend.people.guards import SignedIn


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
