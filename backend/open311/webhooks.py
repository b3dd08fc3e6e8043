"""What a partner is told, set by an admin: where, what for, which events, which fields. Off until switched on."""

from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import transaction
from backend.open311 import partner_queries, partners, signing
from backend.open311.addresses import check_address
from backend.open311.partner_schemas import NewWebhook, WebhookRecord
from backend.open311.refusals import PartnerClosed
from backend.open311.tables import Webhook
from backend.people.actors import Actor


@transaction
async def set_webhook(*, partner_id: UUID, data: NewWebhook, by: Actor) -> WebhookRecord:
    """Set it; the same twice changes nothing. The answer tells the secret, which stays unless another is asked for.

    Switched on, it tells what happens from now on, nothing before.

    Raises Forbidden (403), PartnerUnknown (404), AddressForbidden (400), PartnerClosed (409).
    """
    row = await partners.kept(partner_id, by=by)
    if row["closed_at"] is not None:
        raise PartnerClosed("Open another exchange.")
    check_address(data.address)
    if row["address"] is None:
        await Webhook.insert(_fresh(partner_id, data, by))
    elif data.new_secret or not _is(row, data):
        await Webhook.update(_changes(row, data, by)).where(Webhook.partner == partner_id)
    now = await partner_queries.partner(partner_id) or row
    return partners.webhook(now, secret=signing.shown(now["secret_sealed"]))


def _columns(data: NewWebhook) -> dict[str, Any]:
    return {
        "address": data.address,
        "purpose": data.purpose.strip(),
        "events": sorted({each.value for each in data.events}),
        "fields": sorted({each.value for each in data.fields}),
        "only_own": data.only_own,
        "enabled": data.enabled,
    }


def _is(row: partner_queries.Row, data: NewWebhook) -> bool:
    return all(row[name] == value for name, value in _columns(data).items())


def _fresh(partner_id: UUID, data: NewWebhook, by: Actor) -> Webhook:
    at = clock.now()
    return Webhook(
        partner=partner_id,
        **_columns(data),
        secret_sealed=signing.new_secret(),
        since=at,
        looked_to=at,
        set_at=at,
        set_by=by.person_id,
    )


def _changes(row: partner_queries.Row, data: NewWebhook, by: Actor) -> dict[Any, Any]:
    at = clock.now()
    changes: dict[Any, Any] = {
        **_columns(data),
        "set_at": at,
        "set_by": by.person_id,
        "version": row["version"] + 1,
    }
    if data.enabled and not row["enabled"]:
        changes |= {"since": at, "looked_to": at}
    if data.new_secret:
        changes["secret_sealed"] = signing.new_secret()
    return changes
