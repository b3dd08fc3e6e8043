"""Access tokens: fetched once, kept until shortly before they run out, fetched anew when one is turned down."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from backend.push.provider import Sent
from backend.push.providers.fates import Fate, later

Fetch = Callable[[str | None], Awaitable[tuple[str, float]]]
FAILED_FOR_S = 1.0


class Token:
    """One account's access token. `fetch` is told the token that was turned down, or None, and gives one with the
    seconds it lives; it raises Fate.
    """

    def __init__(self, fetch: Fetch, *, margin_s: float = 300.0) -> None:
        self._fetch, self._margin_s = fetch, margin_s
        self._text, self._until = "", 0.0
        self._failed, self._failed_until = later("no_token"), 0.0
        self._lock = asyncio.Lock()

    async def text(self) -> str:
        """The token of now. Raises Fate, never UNKNOWN: whatever went wrong, no message was sent yet."""
        if time.monotonic() < self._until:
            return self._text
        async with self._lock:
            if time.monotonic() >= self._until:
                await self._renew(None)
        return self._text

    async def instead_of(self, spent: str) -> str:
        """Another one, because `spent` was turned down. Many may ask at once: only the first one fetches."""
        async with self._lock:
            if self._text == spent:
                await self._renew(spent)
        return self._text

    async def _renew(self, spent: str | None) -> None:
        """Fetch; a failure is told to everybody who waits for the same, not met again by each of a batch."""
        if time.monotonic() < self._failed_until:
            raise self._failed.again()
        try:
            self._text, lives_s = await self._fetch(spent)
        except Fate as fate:
            self._failed = later("no_token", fate.after_s) if fate.sent is Sent.UNKNOWN else fate
            self._failed_until = time.monotonic() + FAILED_FOR_S
            raise self._failed.again() from None
        self._until = time.monotonic() + max(lives_s - self._margin_s, min(lives_s, 10.0))
