"""A stand-in for a service outside: a real HTTP server on loopback, in a thread of its own, so that blocking clients
and asking ones can both drive it. It remembers what it was asked and stumbles as it is told.
"""

import asyncio
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, MutableSequence
from types import TracebackType
from typing import Any, Self

import uvloop
from aiohttp import web
from msgspec import Struct


class Asked(Struct):
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Stumble(Struct, frozen=True):
    """What happens to one request instead of an answer.

    status      answered with this, `body` and `headers`
    slow_s      waits first
    hang_up     "before" an answer: the request was read, the connection closes; "within": half an answer came
    """

    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = {}
    slow_s: float = 0.0
    hang_up: str = ""


def too_many(after: str | None = "7") -> Stumble:
    """429, with Retry-After."""
    return Stumble(status=429, body=b"{}", headers={"Retry-After": after} if after else {})


BROKEN = Stumble(status=500, body=b"<html>Internal Server Error</html>")
NONSENSE = Stumble(status=200, body=b"\xff<html>Welcome to the hotel's Wi-Fi</html>")
HUNG_UP = Stumble(hang_up="before")
HALF_AN_ANSWER = Stumble(hang_up="within")


def slow(seconds: float) -> Stumble:
    """An answer that takes its time."""
    return Stumble(slow_s=seconds)


SILENT = slow(60)
SILENCE_S = 1.5
"""No answer; and after how long a client may take it for that: a sign-in before it is still answered in time."""


class StandIn(ABC):
    """`with StandIn() as it:` listens at `it.url`. `stumbles` meet the next requests that `trips` lets stumble."""

    def __init__(self) -> None:
        self.url = ""
        self.forget()
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None

    def forget(self) -> None:
        """As if it had just been opened."""
        self.asked: MutableSequence[Asked] = []
        self.stumbles: deque[Stumble] = deque()

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What it answers."""

    @abstractmethod
    def trips(self, asked: Asked) -> bool:
        """Whether this request is one that may stumble: a message, not a sign-in."""

    def stumble(self, *stumbles: Stumble) -> None:
        """The next messages meet these, one each."""
        self.stumbles.extend(stumbles)

    def bodies(self, tail: str) -> list[bytes]:
        """The bodies of requests whose path ends so, in order."""
        return [asked.body for asked in self.asked if asked.path.endswith(tail)]

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._runner:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application(middlewares=[self._met], client_max_size=16_000_000)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    @web.middleware
    async def _met(self, request: web.Request, handler: Any) -> web.StreamResponse:
        asked = Asked(request.method, request.path, dict(request.query), dict(request.headers), await request.read())
        self.asked.append(asked)
        stumble = self.stumbles.popleft() if self.stumbles and self.trips(asked) else Stumble()
        await asyncio.sleep(stumble.slow_s)
        if stumble.hang_up:
            return await _hung_up(request, stumble.hang_up)
        if stumble.status:
            return web.Response(status=stumble.status, body=stumble.body, headers=dict(stumble.headers))
        answer: web.StreamResponse = await handler(request)
        return answer


async def _hung_up(request: web.Request, when: str) -> web.StreamResponse:
    assert request.transport
    if when == "within":
        request.transport.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"na')
    request.transport.close()
    return web.Response()
