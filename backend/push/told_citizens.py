"""What somebody without an account was told about a record, and how far each message came."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch
from backend.push.states import FORWARD, DeliveryState

_TOLD = """
SELECT n.text_zh, n.made_at, array_agg(d.state) FILTER (WHERE d.id IS NOT NULL) AS states
FROM push_notice n JOIN push_recipient r ON r.notice = n.id LEFT JOIN push_delivery d ON d.recipient = r.id
WHERE n.origin_room = $1 AND n.origin_id = $2 AND r.subject_kind = 'citizen'
GROUP BY n.id, n.text_zh, n.made_at ORDER BY n.made_at, n.id
"""


class Told(Struct, frozen=True):
    """One message. state: of its farthest delivery; pending before there is any."""

    words: str
    at: datetime
    state: DeliveryState


async def told_to_citizens(*, origin_room: str, origin_id: UUID) -> list[Told]:
    """In the order in which it was said; the room that asks answers for who may read it."""
    rows = await fetch(_TOLD, origin_room, origin_id)
    return [Told(row["text_zh"], row["made_at"], _farthest(row["states"] or [])) for row in rows]


def _farthest(states: list[str]) -> DeliveryState:
    return max(map(DeliveryState, states), key=FORWARD.index, default=DeliveryState.PENDING)
