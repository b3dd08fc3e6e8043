"""The words of this room: whom, how far, and the order in which a message's states go."""

from enum import StrEnum
from uuid import UUID

from backend.push.provider import Category

EMERGENCY_QUEUE = UUID(int=1)
DIRECT_QUEUE = UUID(int=2)
"""Where deliveries wait: emergencies and rooms' own notices in one queue each, a campaign in one of its own, so that
a paused one stands in nobody's way."""


class SubjectKind(StrEnum):
    """Whom a notice is for. A citizen has no account and no household card, only an address he gave himself."""

    PERSON = "person"
    HOUSEHOLD = "household"
    CITIZEN = "citizen"
    GROUP = "group"


class CampaignState(StrEnum):
    """Where a campaign stands. Notices of rooms to somebody they name are no campaigns."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class DeliveryState(StrEnum):
    """Where one message stands, in the order in which it may move on: a later word never takes back a better one.

    failed comes before delivered: providers do report a delivery after they had given it up.
    """

    SCHEDULED = "scheduled"
    PENDING = "pending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    EXPIRED = "expired"
    DENIED = "denied"
    MUTED = "muted"
    DELIVERED = "delivered"
    SHOWN = "shown"


FORWARD = tuple(DeliveryState)
WAITING = (DeliveryState.SCHEDULED, DeliveryState.PENDING)


class Reached(StrEnum):
    """How far a notice came with one recipient; whether he acknowledged it is told apart."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    SHOWN = "shown"
    UNREACHABLE = "unreachable"


class GroupKind(StrEnum):
    """Where a group talks."""

    WECHAT = "wechat"
    QQ = "qq"
    OTHER = "other"


class Breaker(StrEnum):
    """A provider's circuit breaker: open sends nothing, half-open lets one batch try."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


def queue_of(*, notice_id: UUID, category: Category, campaign: bool) -> UUID:
    """The queue a notice's deliveries wait in."""
    if campaign:
        return notice_id
    return EMERGENCY_QUEUE if category is Category.EMERGENCY else DIRECT_QUEUE
