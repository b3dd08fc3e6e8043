"""A stream of ids for phones that no push reaches: something is there for you, come and read.

It polls, once in two seconds for all phones of a process together: one indexed query, and no connection held while
waiting. LISTEN would have to be told of every one of half a million recipients of a campaign, by a trigger.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from uuid import UUID

import asyncpg
import structlog
from msgspec import Struct

from backend.core import clock, leaving
from backend.core.refusals import Refusal
from backend.push import inbox_queries as queries
from backend.push.inbox_queries import News

log = structlog.get_logger()

AWAY = (Refusal, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Of the database: no connection, or one that broke in the middle of the question."""

EVERY_S = 2.0
HEARTBEAT_S = 15.0
LASTS_S = 300.0
"""Then the phone connects anew: whoever is signed out meanwhile does not go on listening."""
OVERLAP = timedelta(seconds=30)
"""A recipient's id says when its statement began: one that began later may be seen before, so look back a little."""


class Phone(Struct, eq=False):
    """One open stream."""

    subject: UUID
    news: asyncio.Queue[News | None]  # None: the server is leaving


class Watch:
    """The phones of one event loop, and the one query that asks for all of them."""

    def __init__(self) -> None:
        self._phones: set[Phone] = set()
        self._polling: asyncio.Task[None] | None = None

    async def follow(self, subject: UUID, *, after: UUID | None) -> AsyncIterator[News | None]:
        """What comes for a subject, each once; None is a heartbeat. With `after`, first what came since then."""
        phone, told = self._enter(subject), set()
        until = monotonic() + LASTS_S
        try:
            for each in await queries.news_since(subject, after) if after else ():
                told.add(each.at)
                yield each
            while monotonic() < until and not leaving.begun():
                news = await _next(phone)
                if news is None or news.at not in told:
                    yield news
                if news is not None:
                    told.add(news.at)
        finally:
            self._phones.discard(phone)

    def _enter(self, subject: UUID) -> Phone:
        phone = Phone(subject, asyncio.Queue())
        self._phones.add(phone)
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        return phone

    async def _poll(self) -> None:
        """Ends when the last phone has gone."""
        handed: set[UUID] = set()
        while self._phones:
            since = clock.now() - OVERLAP
            try:
                found = await queries.news(list({phone.subject for phone in self._phones}), since=since)
            except AWAY as error:
                log.warning("the stream of notices waits for the database", kind=type(error).__name__)
                found = []
            for phone in list(self._phones):
                for each in found:
                    if each.subject == phone.subject and each.at not in handed:
                        phone.news.put_nowait(each)
            handed = {each.at for each in found}
            if leaving.begun():
                self._wake()
            await asyncio.sleep(EVERY_S)

    def _wake(self) -> None:
        for phone in self._phones:
            phone.news.put_nowait(None)


async def _next(phone: Phone) -> News | None:
    with suppress(TimeoutError):
        return await asyncio.wait_for(phone.news.get(), HEARTBEAT_S)
    return None
