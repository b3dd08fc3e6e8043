"""What providers tell later: delivered, shown, failed. Replays and disorder change nothing."""

from collections.abc import Mapping
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.push import gate, outlets, rules
from backend.push.moving import Move, move
from backend.push.provider import Receipt
from backend.push.refusals import ProviderUnknown
from backend.push.schemas import Received


@transaction
async def receive(*, provider: str, body: bytes, headers: Mapping[str, str]) -> Received:
    """A webhook's body, after its signature was checked by the provider it names.

    Raises ProviderUnknown (404), and what the provider refuses (400, 401).
    """
    sender = outlets.named(provider)
    if sender is None or not sender.capabilities.receipts:
        raise ProviderUnknown("No provider {provider} sends receipts here.", provider=provider)
    receipts = sender.receipts_of(body, headers)
    ids = await _deliveries(receipts, provider=provider)
    told = [(id, receipt) for id, receipt in zip(ids, receipts, strict=True) if id is not None]
    moves = [Move(id=id, state=rules.state_of(receipt.state), reason=receipt.reason) for id, receipt in told]
    moved = await move(moves, at=clock.now())
    unknown = len(receipts) - sum(id in moved for id in ids)
    if unknown:
        await gate.count_unknown_receipts(provider, receipts=unknown)
    onward = sum(moved.values())
    return Received(moved=onward, old=len(receipts) - unknown - onward, unknown=unknown)


async def _deliveries(receipts: list[Receipt], *, provider: str) -> list[UUID | None]:
    """The delivery that each receipt is about: by our id, else by the provider's."""
    named = [each.provider_message_id for each in receipts if not each.dedupe_id and each.provider_message_id]
    rows = await fetch(
        "SELECT id, provider_message_id FROM push_delivery WHERE provider_message_id = ANY($1) AND provider = $2",
        named,
        provider,
    )
    by_name = {row["provider_message_id"]: row["id"] for row in rows}
    return [
        rules.delivery_id(each.dedupe_id) if each.dedupe_id else by_name.get(each.provider_message_id)
        for each in receipts
    ]
