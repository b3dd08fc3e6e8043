"""Partners over HTTP, for staff: opened and ended, told what, and what they were sent."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.open311 import deliveries, partners, webhooks
from backend.open311.partner_schemas import DeliveryRecord, NewPartner, NewWebhook, PartnerRecord, WebhookRecord
from backend.open311.words import DeliveryState
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/partners",
    operation_id="openPartner",
    summary="Open an exchange with another system",
    description="By an admin of all its jurisdictions. The answer holds the api_key for /open311/v2; the same request "
    "again tells it again, nothing else does.",
    responses={200: ResponseSpec(PartnerRecord, generate_examples=False, description="Opened before: as it is now")},
)
async def open_partner(
    data: JSONBody[NewPartner], by: SignedIn, idempotency_key: Key = None
) -> Response[PartnerRecord]:
    """A partner."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="openPartner")
    outcome = await partners.open_partner(id=id, new=data, by=by)
    return answered(outcome, NO_STORE)


@get("/partners", operation_id="listPartners", summary="The partners of one's territory")
async def list_partners(by: SignedIn) -> list[PartnerRecord]:
    """With purpose, fields and counts; without keys."""
    return await partners.list_partners(by=by)


@post(
    "/partners/{partner_id:uuid}/closure",
    operation_id="closePartner",
    summary="End an exchange: the key is void, nothing is sent any more",
    status_code=200,
)
async def close_partner(partner_id: FromPath[UUID], by: SignedIn) -> PartnerRecord:
    """By an admin."""
    return await partners.close_partner(partner_id=partner_id, by=by)


@put(
    "/partners/{partner_id:uuid}/webhook",
    operation_id="setPartnerWebhook",
    summary="Say what a partner is told, where and what for",
    description="Off unless `enabled`. Messages are POSTed as JSON {type: case.<event>, timestamp, purpose, data: {the "
    "fields allowed}} and signed by the Standard Webhooks scheme: `webhook-signature` is v1,base64(HMAC-SHA256(secret, "
    "'{webhook-id}.{webhook-timestamp}.{body}')), the secret what follows `whsec_`, base64. A receiver refuses a "
    "timestamp more than five minutes from its clock, and drops a webhook-id that it has seen: a message may come more "
    "than once, with the same id. Any 2xx is taken for received; everything else is tried again after 10 s, 1 min, "
    "5 min, 30 min, 2 h, 6 h, 12 h, then held. Redirects are not followed; answer within 10 s. Each field that is "
    "given away is told to the citizen on his receipt.",
)
async def set_webhook(partner_id: FromPath[UUID], data: JSONBody[NewWebhook], by: SignedIn) -> Response[WebhookRecord]:
    """By an admin. The answer holds the secret."""
    return Response(await webhooks.set_webhook(partner_id=partner_id, data=data, by=by), headers=NO_STORE)


@get(
    "/partners/{partner_id:uuid}/deliveries",
    operation_id="listPartnerDeliveries",
    summary="What a partner was sent: exactly what, when, and with what answer",
)
async def list_deliveries(
    partner_id: FromPath[UUID],
    by: SignedIn,
    in_state: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[DeliveryRecord]:
    """The newest first; bodies are kept for 90 days."""
    return await deliveries.list_deliveries(partner_id=partner_id, by=by, state=in_state, limit=limit, cursor=cursor)


@post(
    "/partner-deliveries/{delivery_id:uuid}/resending",
    operation_id="resendDelivery",
    summary="Send a message once more, under the same id",
    status_code=200,
)
async def resend_delivery(delivery_id: FromPath[UUID], by: SignedIn) -> DeliveryRecord:
    """By an admin."""
    return await deliveries.resend(delivery_id=delivery_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[open_partner, list_partners, close_partner, set_webhook, list_deliveries, resend_delivery],
    dependencies=NEEDS_SIGN_IN,
    tags=["partners"],
)
