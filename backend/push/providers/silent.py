"""Ways that take a message and say no more."""

from collections.abc import Mapping, Sequence

from backend.core.refusals import Unknown
from backend.push.provider import Receipt, ReceiptState, Sent


class Silent:
    """What providers have in common that cannot be asked and report nothing later."""

    async def query(self, dedupe_ids: Sequence[str]) -> dict[str, ReceiptState | Sent]:  # noqa: ARG002
        """Nothing is known beyond the verdict."""
        return {}

    def receipts_of(self, body: bytes, headers: Mapping[str, str]) -> list[Receipt]:  # noqa: ARG002
        """There is no such webhook. Raises Unknown."""
        raise Unknown
