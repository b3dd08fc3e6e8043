"""Offers over HTTP: take it, pass it on, hand it over; and why it is before whom."""

from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from backend.cases.parameters import id_of
from backend.core.creates import Key
from backend.diagnosis import explaining, offers
from backend.diagnosis.expert_schemas import Claiming, Declining, HandingOver, RoutingRecord
from backend.diagnosis.request_schemas import DiagnosisRecord
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/diagnosis/requests/{request_id:uuid}/claim",
    operation_id="claimDiagnosis",
    summary="Take a request: it is one's own from now on",
    description="What is before oneself, what lies in one's pool; a chief at any time. Of two who reach for it at once "
    "one gets it, and the other 409. What is his already stays as it is.",
    status_code=200,
)
async def claim(
    request_id: FromPath[UUID], data: JSONBody[Claiming], by: SignedIn, idempotency_key: Key = None
) -> DiagnosisRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="claimDiagnosis", by=by)
    return await offers.claim(request_id=request_id, id=id, by=by)


@post(
    "/diagnosis/requests/{request_id:uuid}/refusal",
    operation_id="declineDiagnosis",
    summary="Pass on what is before oneself",
    description="The next expert has it at once. Said again, nothing changes.",
    status_code=200,
)
async def decline(request_id: FromPath[UUID], data: JSONBody[Declining], by: SignedIn) -> DiagnosisRecord:
    """One step."""
    return await offers.decline(request_id=request_id, reason=data.reason, remark=data.remark, by=by)


@post(
    "/diagnosis/requests/{request_id:uuid}/hand-over",
    operation_id="handOverDiagnosis",
    summary="Give a request to another expert, and say why",
    description="By whoever has it, a chief of the studio, or a supervisor of the place. The same id again changes "
    "nothing.",
    status_code=200,
)
async def hand_over(
    request_id: FromPath[UUID], data: JSONBody[HandingOver], by: SignedIn, idempotency_key: Key = None
) -> DiagnosisRecord:
    """One step."""
    id = id_of(data.id, idempotency_key, operation="handOverDiagnosis", by=by)
    return await offers.hand_over(request_id=request_id, to=data.to_person_id, reason=data.reason, id=id, by=by)


@get(
    "/diagnosis/requests/{request_id:uuid}/routing",
    operation_id="explainRouting",
    summary="Why me? Each decision with the parts of its score",
    description="The earliest first, as each was made. An expert reads how he himself was weighed; a chief and whoever "
    "oversees the place read all candidates that were kept.",
)
async def explain(request_id: FromPath[UUID], by: SignedIn) -> list[RoutingRecord]:
    """For whoever may see the request."""
    return await explaining.explain(request_id=request_id, by=by)


router = Router(
    path="/api/v1", route_handlers=[claim, decline, hand_over, explain], dependencies=NEEDS_SIGN_IN, tags=["diagnosis"]
)
