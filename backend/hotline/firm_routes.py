"""Dissatisfied firms, over HTTP."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import firm_cases, firm_deciding, firm_opening
from backend.hotline.firm_schemas import (
    EnterpriseCaseRecord,
    EnterpriseClosure,
    EnterpriseEndorsement,
    NewEnterpriseCase,
)
from backend.hotline.words import FirmCaseState
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/hotline/enterprise-cases",
    operation_id="openEnterpriseCase",
    summary="A firm is not satisfied with how its case ended: to the leader's desk at once",
    description="By operators, supervisors and administrators. The case is opened again with new clocks; the matter on "
    "the desk has two of its own, until a leader has endorsed it and until it is settled.",
    responses={200: ResponseSpec(EnterpriseCaseRecord, generate_examples=False, description="Opened before")},
)
async def open_enterprise_case(
    data: JSONBody[NewEnterpriseCase], by: SignedIn, idempotency_key: Key = None
) -> Response[EnterpriseCaseRecord]:
    """Once a case."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="openEnterpriseCase")
    return answered(await firm_opening.open_enterprise_case(id=id, new=data, by=by))


@get("/hotline/enterprise-cases", operation_id="listEnterpriseCases", summary="Firms' matters, the newest first")
async def list_enterprise_cases(
    by: SignedIn, only: FromQuery[FirmCaseState | None] = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[EnterpriseCaseRecord]:
    """Of one's territory and desk."""
    return await firm_cases.list_enterprise_cases(by=by, state=only, limit=limit, cursor=cursor)


@get(
    "/hotline/enterprise-cases/{firm_case_id:uuid}",
    operation_id="getEnterpriseCase",
    summary="One matter, with its clocks",
)
async def get_enterprise_case(firm_case_id: FromPath[UUID], by: SignedIn) -> EnterpriseCaseRecord:
    """Of one's territory or desk."""
    return await firm_cases.get_enterprise_case(firm_case_id=firm_case_id, by=by)


@post(
    "/hotline/enterprise-cases/{firm_case_id:uuid}/endorsement",
    operation_id="endorseEnterpriseCase",
    summary="A leader says what is to be done",
    description="The unit that has the case reads it, and is asked to act.",
    status_code=200,
)
async def endorse_enterprise_case(
    firm_case_id: FromPath[UUID], data: JSONBody[EnterpriseEndorsement], by: SignedIn
) -> EnterpriseCaseRecord:
    """By whoever works at the desk, or a supervisor of the place."""
    return await firm_deciding.endorse_enterprise_case(firm_case_id=firm_case_id, told=data, by=by)


@post(
    "/hotline/enterprise-cases/{firm_case_id:uuid}/closure",
    operation_id="closeEnterpriseCase",
    summary="It is settled and the firm was told",
    description="Not before the case itself has ended again.",
    status_code=200,
)
async def close_enterprise_case(
    firm_case_id: FromPath[UUID], data: JSONBody[EnterpriseClosure], by: SignedIn
) -> EnterpriseCaseRecord:
    """By whoever works at the desk, or a supervisor of the place."""
    return await firm_deciding.close_enterprise_case(firm_case_id=firm_case_id, told=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        *(open_enterprise_case, list_enterprise_cases, get_enterprise_case),
        *(endorse_enterprise_case, close_enterprise_case),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
