"""/console/desk/stream: an open board is told that something of it changed, never what; it then asks for its lists.

One poll for all boards of a process, as `push.streaming` does it for phones, and for its reasons: nothing holds a
connection while it waits, and no trigger has to know who looks at what.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from uuid import UUID

import asyncpg
import msgspec
import structlog
from litestar import get
from litestar.response import ServerSentEvent, ServerSentEventMessage
from msgspec import Struct

from backend.console.desk import stream_queries
from backend.console.desk.stream_queries import Mark
from backend.core import clock, leaving
from backend.core.refusals import Refusal
from backend.hotline.call_reading import READERS
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.units import own_units

log = structlog.get_logger()

AWAY = (Refusal, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Of the database: no connection, or one that broke in the middle of the question."""

EVERY_S = 1.5
HEARTBEAT_S = 15.0
LASTS_S = 300.0
"""Then the page connects anew: whoever is signed out meanwhile does not go on listening."""
NEW_CASES = timedelta(seconds=30)

Changed = frozenset[str]
"""Which parts of a board: words of `Mark.what`."""


class Board(Struct, eq=False):
    """One open page: whose desks and territory it shows, and what of them changed since it was told last."""

    units: frozenset[UUID]
    prefixes: tuple[str, ...]
    changed: asyncio.Queue[Changed | None]  # None: the server is leaving

    def shows(self, mark: Mark) -> bool:
        """Whether a mark is of its desks or territory."""
        return mark.unit_id in self.units or mark.division_code.startswith(self.prefixes)


class Boards:
    """The boards of one event loop, and the one query that asks for all of them."""

    def __init__(self) -> None:
        self._open: set[Board] = set()
        self._polling: asyncio.Task[None] | None = None

    async def follow(self, by: Actor) -> AsyncIterator[Changed | None]:
        """What changes on the board of `by`; None is a heartbeat."""
        board = Board(frozenset(own_units(by)), by.prefixes(READERS), asyncio.Queue())
        self._open.add(board)
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        until = monotonic() + LASTS_S
        try:
            while monotonic() < until and not leaving.begun():
                yield await _next(board)
        finally:
            self._open.discard(board)

    async def _poll(self) -> None:
        """Ends when the last board is closed."""
        before = await self._marks()
        while self._open:
            await asyncio.sleep(EVERY_S)
            now = await self._marks()
            if before is not None and now is not None:
                self._tell(changed(before, now))
            before = now or before
            if leaving.begun():
                for board in self._open:
                    board.changed.put_nowait(None)

    async def _marks(self) -> frozenset[Mark] | None:
        at, units = clock.now(), frozenset[UUID]().union(*(board.units for board in self._open))
        try:
            return await stream_queries.marks(at=at, units=units, cases_since=at - NEW_CASES)
        except AWAY as error:
            log.warning("the stream of the desk waits for the database", kind=type(error).__name__)
            return None

    def _tell(self, marks: frozenset[Mark]) -> None:
        for board in self._open:
            if what := frozenset(each.what for each in marks if board.shows(each)):
                board.changed.put_nowait(what)


def changed(before: frozenset[Mark], now: frozenset[Mark]) -> frozenset[Mark]:
    """What came or went. A case that is no longer new has not gone."""
    return (now - before) | {each for each in before - now if each.what != "cases"}


async def _next(board: Board) -> Changed | None:
    with suppress(TimeoutError):
        return await asyncio.wait_for(board.changed.get(), HEARTBEAT_S)
    return None


boards = Boards()


@get("/stream", include_in_schema=False)
async def stream_board(by: SignedIn) -> ServerSentEvent:
    """Events `changed` with the parts that did, as words; comments as heartbeats."""

    async def events() -> AsyncIterator[ServerSentEventMessage]:
        yield ServerSentEventMessage(comment="here")  # so that the page knows at once that it is live
        async for what in boards.follow(by):
            if what is None:
                yield ServerSentEventMessage(comment="still here")
            else:
                yield ServerSentEventMessage(event="changed", data=msgspec.json.encode(sorted(what)).decode())

    return ServerSentEvent(events())


HANDLERS = (stream_board,)
