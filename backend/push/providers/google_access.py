"""Access tokens for a Google service account, by firebase-admin's credentials.

google-auth asks over blocking sockets and sleeps between tries of its own, so it runs in a thread.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC
from functools import partial
from typing import Any

from backend.core import clock
from backend.push.providers.fates import later, refused


class ServiceAccount:
    """`account` is the service account's JSON. Nothing heavy is loaded before the first token is wanted."""

    def __init__(self, account: Mapping[str, str], *, within_s: float) -> None:
        self._account, self._within_s = dict(account), within_s
        self._credential: Any = None

    async def fetch(self, _spent: str | None) -> tuple[str, float]:
        """A token and the seconds it lives. Raises Fate: REFUSED when the key no longer counts."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._refreshed), 2 * self._within_s)
        except TimeoutError:
            raise later("no_token") from None

    def _refreshed(self) -> tuple[str, float]:
        from firebase_admin import credentials
        from google.auth.exceptions import RefreshError, TransportError
        from google.auth.transport.requests import Request

        try:
            self._credential = self._credential or credentials.Certificate(self._account).get_credential()
            self._credential.refresh(partial(Request(), timeout=self._within_s))
        except RefreshError as error:
            raise (later("no_token") if error.retryable else refused("credentials")) from None
        except TransportError:
            raise later("no_token") from None
        except ValueError:
            raise refused("credentials") from None
        expiry = self._credential.expiry.replace(tzinfo=UTC)  # google-auth's moments are naive UTC
        return self._credential.token, max((expiry - clock.now()).total_seconds(), 0.0)
