"""Calendars that phones follow, over HTTP. What they show is read at `/feeds/calendars/{secret}.ics`."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from backend.core.addresses import base_url
from backend.core.creates import Key, answered, id_for
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.rosters import calendar_feeds
from backend.rosters.calendar_schemas import NewPhoneCalendar, PhoneCalendarRecord


@post(
    "/calendars",
    operation_id="issueCalendar",
    summary="An address that one's phone follows as a calendar",
    description="`shifts`: one's own, no division_code. `markets`, `stalls`: those of the place with that code, for a "
    "village those of its township. The address is a password: it is told here, to its maker alone, again only for "
    "the same id, and reads without any sign-in until it is revoked. Twenty count at a time.",
    responses={200: ResponseSpec(PhoneCalendarRecord, generate_examples=False, description="Issued before")},
)
async def issue_calendar(
    request: Request[Any, Any, Any], data: JSONBody[NewPhoneCalendar], by: SignedIn, idempotency_key: Key = None
) -> Response[PhoneCalendarRecord]:
    """By anybody, for himself."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="issueCalendar")
    return answered(await calendar_feeds.issue_calendar(id=id, new=data, by=by, base_url=base_url(request)))


@get("/calendars", operation_id="listPhoneCalendars", summary="One's own calendars that count, without addresses")
async def list_phone_calendars(by: SignedIn) -> list[PhoneCalendarRecord]:
    """The newest first."""
    return await calendar_feeds.list_calendars(by=by)


@post(
    "/calendars/{calendar_id:uuid}/revocation",
    operation_id="revokeCalendar",
    summary="Let an address open nothing any more",
    description="At once and for good: a phone that follows it finds nothing at its next look. Idempotent.",
    status_code=200,
)
async def revoke_calendar(calendar_id: FromPath[UUID], by: SignedIn) -> PhoneCalendarRecord:
    """One's own."""
    return await calendar_feeds.revoke_calendar(calendar_id=calendar_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[issue_calendar, list_phone_calendars, revoke_calendar],
    dependencies=NEEDS_SIGN_IN,
    tags=["rosters"],
)
