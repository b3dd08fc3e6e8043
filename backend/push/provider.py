"""What a provider is: it takes a batch of outgoing messages and says of each what became of it.

A provider knows the world outside (FCM, HMS, SMS, WeChat, robots) and nothing of notices, recipients or the database.
It never sleeps for long and never retries by itself: it says `RETRY_AFTER`, and the queue comes again.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct


class AddressKind(StrEnum):
    """What an address is. FCM is moving from registration tokens to Firebase Installation IDs; both are taken."""

    FCM_TOKEN = "fcm_token"  # noqa: S105 (a kind)
    FCM_FID = "fcm_fid"
    FCM_TOPIC = "fcm_topic"
    HMS_TOKEN = "hms_token"  # noqa: S105 (a kind)
    SMS = "sms"
    WECHAT_OPENID = "wechat_openid"
    ROBOT = "robot"


class Category(StrEnum):
    """What a notice is, decided when it is written: handset vendors ration by it, and so do we."""

    EMERGENCY = "emergency"
    SERVICE = "service"
    INFO = "info"


class Outgoing(Struct, frozen=True, kw_only=True):
    """One message to one address.

    dedupe_id   the same at every try, told to the provider where it has a place for it, and to the phone in `data`
    template    an SMS or WeChat template's key with `parameters`; None where free text goes
    data        never personal data: an id, a kind, a link to open
    """

    delivery_id: UUID
    dedupe_id: str
    kind: AddressKind
    address: str
    title: str
    body: str
    category: Category
    link: str | None = None
    data: Mapping[str, str] = {}
    collapse_key: str | None = None
    ttl_s: int = 86_400
    template: str | None = None
    parameters: Mapping[str, str] = {}


class Sent(StrEnum):
    """What became of one message. UNKNOWN: no answer came, so ask (`Provider.query`) before sending again."""

    ACCEPTED = "accepted"
    PERMANENT_INVALID = "permanent_invalid"
    RETRY_AFTER = "retry_after"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Verdict(Struct, frozen=True, kw_only=True):
    """A provider's word on one message. `reason` is a code of the provider's own, without personal data."""

    delivery_id: UUID
    sent: Sent
    provider_message_id: str | None = None
    retry_after_s: float | None = None
    reason: str | None = None


class ReceiptState(StrEnum):
    """How far a message came, as its provider or the phone reports it later."""

    DELIVERED = "delivered"
    SHOWN = "shown"
    FAILED = "failed"


class Receipt(Struct, frozen=True, kw_only=True):
    """One line of a receipt: about a message by the provider's id for it, or by ours."""

    state: ReceiptState
    provider_message_id: str | None = None
    dedupe_id: str | None = None
    reason: str | None = None


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a provider can do. Figures are data with a source, given in its settings.

    receipts     it reports delivery later
    per_second   messages per second that the token bucket lets through
    per_day      of each category; absent means unlimited
    batch_size   messages per call of `send`
    """

    max_payload_bytes: int
    receipts: bool
    per_second: float
    per_day: Mapping[Category, int] = {}
    batch_size: int = 500


class Provider(Protocol):
    """One way out. `send` answers every message of the batch, in any order, and raises nothing for what may happen:
    time-outs, refused connections and nonsense answers are verdicts too.
    """

    name: str
    kinds: frozenset[AddressKind]
    capabilities: Capabilities

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        """Hand a batch over."""

    async def query(self, dedupe_ids: Sequence[str]) -> dict[str, ReceiptState | Sent]:
        """What became of messages of unknown fate. Empty where the provider cannot be asked."""

    def receipts_of(self, body: bytes, headers: Mapping[str, str]) -> list[Receipt]:
        """Read a webhook's body after checking its signature. Raises core.refusals.Refusal (401, 400)."""

    async def aclose(self) -> None:
        """Let connections go."""


class Topics(Protocol):
    """A provider that also keeps topics: one call reaches everybody who subscribed."""

    async def subscribe(self, addresses: Sequence[str], topic: str) -> list[int]:
        """Subscribe up to 1,000 addresses; the positions of those that failed."""

    async def unsubscribe(self, addresses: Sequence[str], topic: str) -> list[int]:
        """The other way round."""
