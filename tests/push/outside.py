"""A world outside: a provider of the same protocol with faults that a test chooses. It keeps all that it was sent."""

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from backend.core.refusals import SignInNeeded
from backend.push.provider import (
    AddressKind,
    Capabilities,
    Outgoing,
    Receipt,
    ReceiptState,
    Sent,
    Verdict,
)

SECRET = b"between the two of us"


class Outside:
    """One provider. `faults` maps an address to the verdicts it gets, one after the other, then ACCEPTED."""

    def __init__(
        self,
        name: str,
        *kinds: AddressKind,
        receipts: bool = True,
        per_second: float = 100_000,
        batch_size: int = 500,
    ) -> None:
        self.name, self.kinds = name, frozenset(kinds)
        self.capabilities = Capabilities(
            max_payload_bytes=4096, receipts=receipts, per_second=per_second, batch_size=batch_size
        )
        self.down = False
        self.retry_after_s: float | None = None
        self.slow_s = 0.0
        self.faults: dict[str, list[Sent]] = {}
        self.calls: list[list[Outgoing]] = []
        self.asked: list[str] = []
        self.known: dict[str, ReceiptState | Sent] = {}
        self.topics: dict[str, set[str]] = {}

    @property
    def sent(self) -> list[Outgoing]:
        return [message for call in self.calls for message in call]

    def to(self, address: str) -> list[Outgoing]:
        return [message for message in self.sent if message.address == address]

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        self.calls.append(list(batch))
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        return [self._verdict(message) for message in batch]

    def _verdict(self, message: Outgoing) -> Verdict:
        waiting = self.faults.get(message.address) or [Sent.RETRY_AFTER if self.down else Sent.ACCEPTED]
        sent = waiting.pop(0)
        return Verdict(
            delivery_id=message.delivery_id,
            sent=sent,
            provider_message_id=f"{self.name}-{message.dedupe_id}" if sent is Sent.ACCEPTED else None,
            retry_after_s=self.retry_after_s if sent is Sent.RETRY_AFTER else None,
            reason=None if sent is Sent.ACCEPTED else sent.value,
        )

    async def query(self, dedupe_ids: Sequence[str]) -> dict[str, ReceiptState | Sent]:
        self.asked += dedupe_ids
        return {name: self.known[name] for name in dedupe_ids if name in self.known}

    def receipts_of(self, body: bytes, headers: Mapping[str, str]) -> list[Receipt]:
        if not hmac.compare_digest(headers.get("x-signature", ""), signature(body)):
            raise SignInNeeded("The signature is wrong.")
        return msgspec.json.decode(body, type=list[Receipt])

    async def subscribe(self, addresses: Sequence[str], topic: str) -> list[int]:
        self.topics.setdefault(topic, set()).update(addresses)
        return []

    async def unsubscribe(self, addresses: Sequence[str], topic: str) -> list[int]:
        self.topics.get(topic, set()).difference_update(addresses)
        return []

    async def aclose(self) -> None: ...


def signature(body: bytes) -> str:
    return hmac.new(SECRET, body, sha256).hexdigest()
