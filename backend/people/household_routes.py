"""Households over HTTP: the card, its contact, its corrections, consents, and who read what."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import structs

from backend.core.creates import Key, answered, id_for
from backend.core.logs import request_id
from backend.core.paging import MAX_LIMIT, Page, Position, page, position
from backend.people import access_log, consents, household_queries, households
from backend.people.guards import SignedIn
from backend.people.household_schemas import (
    AccessRecord,
    ConsentRecord,
    HouseholdAmendmentRequest,
    HouseholdContact,
    HouseholdRecord,
    NewConsent,
)


@get("/households/{household_id:uuid}", operation_id="getHousehold", summary="One household card, without its contact")
async def get_household(household_id: FromPath[UUID], by: SignedIn) -> HouseholdRecord:
    """For who serves it today and its overseers."""
    return await household_queries.household(household_id=household_id, by=by)


@get(
    "/households/{household_id:uuid}/contact",
    operation_id="readHouseholdContact",
    summary="How to reach a household; the read is logged",
)
async def read_household_contact(household_id: FromPath[UUID], by: SignedIn) -> Response[HouseholdContact]:
    """Name, phone and address note. Who read them, and when, stays in the access log."""
    contact = await households.read_contact(household_id=household_id, by=by, request_id=request_id.get())
    return Response(contact, headers={"Cache-Control": "no-store"})


@patch("/households/{household_id:uuid}", operation_id="amendHousehold", summary="Put a household card right")
async def amend_household(
    household_id: FromPath[UUID], data: JSONBody[HouseholdAmendmentRequest], by: SignedIn
) -> HouseholdRecord:
    """What is left out stays, null removes; what the card said is kept. Sent twice, the second changes nothing."""
    return await households.amend_household(household_id=household_id, changes=data, reason=data.reason, by=by)


@post(
    "/consents",
    operation_id="recordConsent",
    summary="Write a line into the consent ledger",
    responses={200: ResponseSpec(ConsentRecord, generate_examples=False, description="Written down before")},
)
async def record_consent(
    data: JSONBody[NewConsent], by: SignedIn, idempotency_key: Key = None
) -> Response[ConsentRecord]:
    """Of a household one serves or oversees, or of oneself. `given: false` withdraws."""
    line_id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="recordConsent")
    outcome = await consents.record_consent(**{**structs.asdict(data), "id": line_id}, by=by)
    return answered(outcome)


@get("/access-log", operation_id="listAccessLog", summary="Who read the contact of a household")
async def list_access_log(
    by: SignedIn,
    household_id: Annotated[UUID, QueryParameter(description="whose log")],
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, QueryParameter()] = None,
) -> Page[AccessRecord]:
    """For auditors and administrators of its territory, the newest first."""
    rows = await access_log.list_access_log(household_id=household_id, by=by, limit=limit, after=position(cursor))
    return page(rows, limit, lambda read: Position(read.at, read.id))


household_router = Router(
    path="/",
    route_handlers=[get_household, read_household_contact, amend_household, record_consent, list_access_log],
)
