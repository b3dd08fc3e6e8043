"""One message to a partner: ten seconds, no redirect, no proxy, and no connection to where none is allowed.

aiohttp, because it lets us look at every number a name stands for before it is connected to.
"""

import socket
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from msgspec import Struct

from backend.open311.addresses import check_address, may_connect, number_of
from backend.open311.refusals import AddressForbidden
from backend.open311.words import Answer

WITHIN_S = 10.0


class Outcome(Struct, frozen=True):
    """What came of a try. `status` is HTTP's, where there was an answer."""

    answer: Answer
    status: int | None = None


class _Forbidden(OSError):
    """The name stands for a number that nothing is sent to."""


class _Guarded(AbstractResolver):
    """The system's resolver, and a look at what it says."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for each in found:
            number = number_of(each["host"])
            if number is None or not may_connect(number):
                raise _Forbidden(host)
        return found

    async def close(self) -> None:
        await self._inner.close()


async def post(address: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send it once. Never raises for what the other side does."""
    try:
        check_address(address)
        async with (
            _session() as session,
            session.post(address, data=body, headers=headers, allow_redirects=False) as response,
        ):
            accepted = 200 <= response.status < 300
            return Outcome(Answer.ACCEPTED if accepted else Answer.REFUSED, response.status)
    except AddressForbidden:
        return Outcome(Answer.ADDRESS_FORBIDDEN)
    except aiohttp.ClientConnectorError as error:
        forbidden = isinstance(error.os_error, _Forbidden) or isinstance(error.__cause__, _Forbidden)
        return Outcome(Answer.ADDRESS_FORBIDDEN if forbidden else Answer.UNREACHABLE)
    except aiohttp.ConnectionTimeoutError:
        return Outcome(Answer.UNREACHABLE)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return Outcome(Answer.NO_ANSWER)


def _session() -> aiohttp.ClientSession:
    options: dict[str, Any] = {"resolver": _Guarded(), "limit": 1, "force_close": True}
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(**options),
        timeout=aiohttp.ClientTimeout(total=WITHIN_S, sock_connect=WITHIN_S / 2),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )
