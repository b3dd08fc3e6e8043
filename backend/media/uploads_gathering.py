"""A body gathered into pieces worth flushing.

A piece is full at PART_BYTES; on a slow line it is let go after FLUSH_AFTER_S, so that a node that dies takes at most
those few seconds of a phone's sending with it. What came before the line broke comes out too, and then the refusal.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from time import monotonic

from litestar.exceptions import InternalServerException

from backend.core.refusals import Refusal, TooLarge
from backend.media.uploads_refusals import BodyCut, TooSlow

PART_BYTES = 1024 * 1024
FLUSH_AFTER_S = 5.0
SILENT_AFTER_S = 60.0


async def gathered(body: AsyncIterator[bytes], *, wanted: int) -> AsyncGenerator[tuple[bytes, bool], None]:
    """Pieces, and whether this one is the last: the body ended, or all `wanted` bytes are here.

    Raises BodyCut (400), TooSlow (408) after the last piece, TooLarge (413) instead of it.
    """
    kept, came, due_at = bytearray(), 0, monotonic() + FLUSH_AFTER_S
    broken: Refusal | None = None
    try:
        async for chunk in _ticking(body):
            kept += chunk
            came += len(chunk)
            if came >= wanted:
                break
            if len(kept) >= PART_BYTES or (kept and monotonic() >= due_at):
                yield _taken(kept), False
                due_at = monotonic() + FLUSH_AFTER_S
    except (BodyCut, TooSlow) as error:
        broken = error
    if came > wanted:
        raise TooLarge("The upload has room for {room_bytes} bytes more, and more were sent.", room_bytes=wanted)
    if kept or broken is None:
        yield _taken(kept), broken is None
    if broken is not None:
        raise broken


def _taken(kept: bytearray) -> bytes:
    piece = bytes(kept)
    kept.clear()
    return piece


async def _ticking(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks of a body, and an empty one whenever none came for a while. Raises TooSlow."""
    silent_since = monotonic()
    waiting: asyncio.Future[bytes] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(body))
            # not wait_for: its time-out would cancel, and so break, the stream that is being read
            if not (await asyncio.wait({waiting}, timeout=FLUSH_AFTER_S))[0]:
                if monotonic() - silent_since >= SILENT_AFTER_S:
                    raise TooSlow(
                        "No byte came for {seconds} s. Ask for the offset and go on from there.",
                        seconds=int(SILENT_AFTER_S),
                    )
                yield b""
                continue
            chunk, waiting, silent_since = _arrived(waiting), None, monotonic()
            if not chunk:
                return
            yield chunk
    finally:
        if waiting is not None:
            waiting.cancel()


def _arrived(waiting: asyncio.Future[bytes]) -> bytes:
    try:
        return waiting.result()
    except InternalServerException as error:  # what Litestar says when the sender hangs up
        raise BodyCut("The request ended before it was complete; send it again.") from error


async def _next(body: AsyncIterator[bytes]) -> bytes:
    async for chunk in body:
        return chunk
    return b""
