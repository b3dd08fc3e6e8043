"""The line between a phone and the house, and what may happen on it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from random import Random
from typing import Any

import httpx
from litestar import Litestar

from backend.core.database import connection
from tests.sync.line import Line

PUSH = "/api/v1/sync/commands"
STALE = 6
"""Old pushes that the network has not delivered for the second time yet."""


class Fate(StrEnum):
    """What becomes of one request."""

    ARRIVES = "arrives"
    LOST = "lost"
    ANSWER_LOST = "answer lost"
    TWICE = "delivered twice"
    STALE = "an old push arrives before it, once more"
    SERVER_DIES = "the server dies over it"
    DATABASE_DIES = "the database cuts every connection over it"


FAIR = (Fate.ARRIVES,)
FOUL = (*[Fate.ARRIVES] * 6, *Fate)

Told = Callable[[list[dict[str, Any]]], None]


class Weather(Line):
    """A phone's line. `told`: who hears which verdicts the phone was given."""

    def __init__(self, app: Litestar, loop: asyncio.AbstractEventLoop, told: Told) -> None:
        super().__init__(app, loop)
        self.chance, self.fates, self.is_off = Random(0), FAIR, False
        self._told, self._stale = told, list[httpx.Request]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What the phone gets, or that it gets nothing."""
        request.read()
        fate = self.chance.choice(self.fates)
        if self.is_off or fate == Fate.LOST:
            raise httpx.ConnectError("no line")
        answer = self._delivered(request, fate)
        if fate in (Fate.ANSWER_LOST, Fate.SERVER_DIES):
            raise httpx.ReadTimeout("no answer")
        if request.url.path == PUSH and answer.status_code == 200:
            self._told(json.loads(answer.read())["rows"])
        return answer

    def _delivered(self, request: httpx.Request, fate: Fate) -> httpx.Response:
        if fate == Fate.STALE and self._stale:
            super().handle_request(self._stale.pop(self.chance.randrange(len(self._stale))))
        if request.url.path == PUSH:
            self._stale = [*self._stale, request][-STALE:]
        if fate == Fate.TWICE:
            super().handle_request(request)
        within_s = self.chance.uniform(0.0, 0.03)
        if fate == Fate.SERVER_DIES:
            return self._wait(self._dying(request, within_s))
        if fate == Fate.DATABASE_DIES:
            return self._wait(self._cut_off(request, within_s))
        return super().handle_request(request)

    def _wait(self, answer: Awaitable[httpx.Response]) -> httpx.Response:
        async def waited() -> httpx.Response:
            return await answer

        return asyncio.run_coroutine_threadsafe(waited(), self._loop).result()

    async def _dying(self, request: httpx.Request, within_s: float) -> httpx.Response:
        """The server's task ends wherever it happens to be."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(self.answered(request), within_s)
        return httpx.Response(500)

    async def _cut_off(self, request: httpx.Request, within_s: float) -> httpx.Response:
        """Every backend that is at work, or in a transaction, is ended."""
        answer = asyncio.ensure_future(self.answered(request))
        await asyncio.sleep(within_s)
        with suppress(Exception):
            async with connection() as ours:
                await ours.execute(CUT)
        return await answer


CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'
"""
