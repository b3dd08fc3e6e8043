"""A body gathered into pieces worth flushing.

On a slow line a piece is let go after FLUSH_AFTER_S, so that a node that dies takes at most those few seconds of a
phone's sending with it. On a fast one it is full at LARGEST_PART_BYTES, so that most photos are written once, as a
whole; when all requests of this process hold more than HELD_BYTES it is full at PART_BYTES already. What came before
the line broke comes out too, and then the refusal.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from time import monotonic

from backend.core.refusals import Refusal, TooLarge
from backend.media.uploads_refusals import BodyCut, TooSlow

PART_BYTES = 1024 * 1024
LARGEST_PART_BYTES = 8 * 1024 * 1024
HELD_BYTES = 16 * 1024 * 1024
FLUSH_AFTER_S = 5.0
SILENT_AFTER_S = 60.0
MOST_AHEAD = 2
"""Chunks read while a piece is being flushed."""


class Piece:
    """Chunks as they came. They count as held until they are flushed: what waits for a slow disk is memory too."""

    held_bytes = 0  # by all pieces of this process

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self.size_bytes = 0

    def add(self, chunk: bytes) -> None:
        """One more."""
        self._chunks.append(chunk)
        self.size_bytes += len(chunk)
        Piece.held_bytes += len(chunk)

    def is_full(self) -> bool:
        """Whether it should wait for no more."""
        return self.size_bytes >= (LARGEST_PART_BYTES if Piece.held_bytes <= HELD_BYTES else PART_BYTES)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def drop(self) -> None:
        """Empty it."""
        Piece.held_bytes -= self.size_bytes
        self._chunks, self.size_bytes = [], 0


async def gathered(body: AsyncIterator[bytes], *, wanted: int) -> AsyncGenerator[tuple[Piece, bool], None]:
    """Pieces, each good until the next is asked for, and whether it is the last: all `wanted` bytes are here, or the
    body has ended.

    Raises BodyCut (400), TooSlow (408) after the last piece, TooLarge (413) instead of it.
    """
    piece = Piece()
    try:
        async for is_last in _filled(piece, body, wanted):
            yield piece, is_last
            piece.drop()
    finally:
        piece.drop()


async def _filled(piece: Piece, body: AsyncIterator[bytes], wanted: int) -> AsyncIterator[bool]:
    came, due_at = 0, monotonic() + FLUSH_AFTER_S
    broken: Refusal | None = None
    try:
        async for chunk in _ticking(body):
            piece.add(chunk)
            came += len(chunk)
            if came >= wanted:
                break
            if piece.is_full() or (piece.size_bytes and monotonic() >= due_at):
                yield False
                due_at = monotonic() + FLUSH_AFTER_S
    except (BodyCut, TooSlow) as error:
        broken = error
    if came > wanted:
        raise TooLarge("The upload has room for {room_bytes} bytes more, and more were sent.", room_bytes=wanted)
    if piece.size_bytes or broken is None:
        yield broken is None
    if broken is not None:
        raise broken


async def _ticking(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks of a body, and an empty one whenever none came for a while. Raises TooSlow, and what the body does."""
    line = _Line(body)
    reading, silent_since = asyncio.create_task(line.read()), monotonic()
    try:
        while chunks := await line.chunks(within_s=FLUSH_AFTER_S):
            for chunk in chunks:
                yield chunk
            if chunks != _NOTHING:
                silent_since = monotonic()
            elif monotonic() - silent_since >= SILENT_AFTER_S:
                seconds = int(SILENT_AFTER_S)
                raise TooSlow("No byte came for {seconds} s. Ask for the offset and go on from there.", seconds=seconds)
    finally:
        reading.cancel()


_NOTHING = [b""]


class _Line:
    """A body read by a task of its own, which no time-out cancels: that would break the stream."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body, self._chunks, self._has_ended = body, list[bytes](), False
        self._news, self._room = asyncio.Event(), asyncio.Event()
        self._error: Exception | None = None

    async def read(self) -> None:
        try:
            async for chunk in self._body:
                self._chunks.append(chunk)
                self._news.set()
                if len(self._chunks) >= MOST_AHEAD:
                    self._room.clear()
                    await self._room.wait()
        except Exception as error:
            self._error = error
        self._has_ended = True
        self._news.set()

    async def chunks(self, *, within_s: float) -> list[bytes]:
        """What came since; an empty chunk where nothing did, nothing at the end. Raises what the body raised."""
        if not self._chunks and not self._has_ended:
            try:
                async with asyncio.timeout(within_s):
                    await self._news.wait()
            except TimeoutError:
                return _NOTHING
        self._news.clear()
        chunks, self._chunks = self._chunks, []
        self._room.set()
        if not chunks and self._error is not None:
            raise self._error
        return chunks
