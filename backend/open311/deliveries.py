"""The log of what partners were sent: looked at by overseers, sent again by an admin."""

from uuid import UUID

import msgspec

from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.open311 import delivery_queries as queries
from backend.open311 import partners
from backend.open311.partner_schemas import DeliveryRecord
from backend.open311.refusals import BodyGone, DeliveryUnknown, WebhookOff
from backend.open311.sending import send_soon
from backend.open311.tables import Delivery
from backend.open311.words import DeliveryState
from backend.people.actors import OVERSEERS, Actor


async def list_deliveries(
    *, partner_id: UUID, by: Actor, state: DeliveryState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[DeliveryRecord]:
    """What a partner was sent of one's territory, the newest first. Raises Forbidden (403), PartnerUnknown (404)."""
    await partners.seen(partner_id, by=by)
    rows = await queries.log(
        partner_id, prefixes=by.prefixes(OVERSEERS), state=state, limit=limit, after=position(cursor)
    )
    return page([_record(row) for row in rows], limit, lambda each: Position(each.made_at, each.id))


@transaction
async def resend(*, delivery_id: UUID, by: Actor) -> DeliveryRecord:
    """Send a message once more, with all its tries before it; one that waits is left alone.

    Raises Forbidden (403), DeliveryUnknown (404), WebhookOff, BodyGone (409).
    """
    by.must_have(*partners.KEEPERS)
    row = await queries.delivery(delivery_id, prefixes=by.prefixes(partners.KEEPERS))
    if row is None:
        raise DeliveryUnknown("There is no delivery {id} that you may see.", id=str(delivery_id))
    partner = await partners.kept(row["partner_id"], by=by)
    if partner["closed_at"] is not None or not partner["enabled"]:
        raise WebhookOff("Switch its webhook on first.")
    if row["body"] is None:
        raise BodyGone("After 90 days only that it was sent is kept.")
    if row["state"] != DeliveryState.WAITING:
        await Delivery.update({Delivery.state: DeliveryState.WAITING.value, Delivery.attempts: 0}).where(
            Delivery.id == delivery_id
        )
        await send_soon(delivery_id)
    return _record(await queries.delivery(delivery_id, prefixes=by.prefixes(partners.KEEPERS)) or row)


def _record(row: queries.Row) -> DeliveryRecord:
    return msgspec.convert(dict(row), DeliveryRecord, strict=False)
