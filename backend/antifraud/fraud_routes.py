"""Over HTTP: registered cases, and the room's figures."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.antifraud import fraud_cases
from backend.antifraud import fraud_figures as figures
from backend.antifraud.fraud_case_schemas import FraudCaseRecord, FraudCaseWithdrawal, NewFraudCase
from backend.antifraud.fraud_figure_schemas import FraudFigures
from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division

OneDivision = Annotated[
    str, QueryParameter(description="of this division", pattern=r"^[0-9]{12}([0-9]{3})?$", max_length=15)
]


@post(
    "/antifraud/cases",
    operation_id="registerFraudCase",
    summary="Register a case to be counted: a day, a type, a sum",
    description="By supervisors and administrators of the place and handlers of a police unit there. No victim, no "
    "story. A case registered late breaks the run of days on the day on which it happened.",
    responses={200: ResponseSpec(FraudCaseRecord, generate_examples=False, description="Registered before")},
)
async def register_fraud_case(
    data: JSONBody[NewFraudCase], by: SignedIn, idempotency_key: Key = None
) -> Response[FraudCaseRecord]:
    """Of a county or a township."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="registerFraudCase", by=by))
    return answered(await fraud_cases.register_case(new=new, by=by))


@post(
    "/antifraud/cases/{case_id:uuid}/withdrawal",
    operation_id="withdrawFraudCase",
    summary="The case was registered by mistake",
    description="It is counted nowhere from now on, and days are as if it had never been. Twice is harmless.",
    status_code=200,
)
async def withdraw_fraud_case(
    case_id: FromPath[UUID], data: JSONBody[FraudCaseWithdrawal], by: SignedIn
) -> FraudCaseRecord:
    """By those who may register one."""
    return await fraud_cases.withdraw_case(case_id=case_id, why=data, by=by)


@get("/antifraud/cases", operation_id="listFraudCases", summary="Registered cases, the newest first")
async def list_fraud_cases(
    by: SignedIn,
    division_code: Division = None,
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[FraudCaseRecord]:
    """`since`, `until`: registered on these days."""
    return await fraud_cases.list_cases(
        by=by, division_code=division_code, since=since, until=until, limit=limit, cursor=cursor
    )


@get(
    "/antifraud/figures",
    operation_id="antifraudFigures",
    summary="Cases, losses, days without an incident, letters, talks, coverage, warnings",
    description="For supervisors, auditors and administrators of the division; unless told, of this year until today. "
    "Cases, losses and loss per case come together, with the same span a year before. What concerns cases and warnings "
    "is told of a county and above only. Days without a reported incident are provisional for 14 days and stand beside "
    "the number of reports; nothing is ranked.",
)
async def antifraud_figures(
    by: SignedIn,
    division_code: OneDivision,
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
) -> FraudFigures:
    """As it is known now: a case registered later corrects it."""
    return await figures.fraud_figures(division_code=division_code, by=by, since=since, until=until)


router = Router(
    path="/api/v1",
    route_handlers=[register_fraud_case, withdraw_fraud_case, list_fraud_cases, antifraud_figures],
    dependencies=NEEDS_SIGN_IN,
    tags=["antifraud"],
)
