"""Steps by which a case comes to whoever acts, over HTTP."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody

from backend.cases import dispatching
from backend.cases.parameters import id_of
from backend.cases.schemas import CaseRecord
from backend.cases.step_schemas import (
    Dispatching,
    TakingInHand,
    Transferring,
)
from backend.core.creates import Key
from backend.people.guards import SignedIn


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
