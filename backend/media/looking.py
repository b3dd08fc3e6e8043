"""The job that comes to a verdict on an original: look at it, keep its copies, tell every photo of it.

A lane of its own: photos that pile up hold up nothing else, and what a citizen waits for goes before what a cadre sent.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from backend.core import clock
from backend.core.database import transaction
from backend.core.jobs import enqueue, job, schedule
from backend.core.settings import settings
from backend.core.storage_refusals import ObjectMissing
from backend.media import content_types, contents, darkroom, keeping_queries, looking_queries
from backend.media.content_types import HEAD_BYTES, TAIL_BYTES
from backend.media.facts import Facts, Kind, Reason, refused

LOOK = "media/look"
LANE = "photos"
WAITS_LONG, MOST_AGAIN = timedelta(minutes=10), 1000

Copies = dict[str, bytes]


class Look(Struct, frozen=True):
    """Which original: its sha256 in hex."""

    sha256: str


def _at_once() -> int:
    """Two more than can be looked at: their bytes are fetched, and the verdicts before them written, meanwhile."""
    return darkroom.processes() + 2


@job(LOOK, lane=LANE, at_once=_at_once)
async def look(asked: Look) -> None:
    """Harmless when repeated: copies are written over, a verdict is given once."""
    digest = bytes.fromhex(asked.sha256)
    row = await keeping_queries.original(digest)
    if row is None or row["looked_at"] is not None:
        return
    facts, copies = await _facts(row)
    for name, copy in copies.items():
        await contents.put_copy(row, name, copy)
    await _tell(digest, facts, copies, object_path=row["object_path"])


async def _facts(row: Mapping[str, Any]) -> tuple[Facts, Copies]:
    if row["key_sealed"] is None:
        return refused(Reason.PURGED, row["content_type"], Kind(row["kind"])), {}
    try:
        if row["kind"] == Kind.PHOTO:
            return await darkroom.look(b"".join([piece async for piece in contents.original(row)]))
        return await _heard(row), {}
    except ObjectMissing:
        return refused(Reason.BROKEN, row["content_type"], Kind(row["kind"])), {}


async def _heard(row: Mapping[str, Any]) -> Facts:
    """The verdict on what is no picture, from its ends."""
    size_bytes, chosen = row["size_bytes"], settings()
    limit = chosen.voice_max_bytes if row["kind"] == Kind.VOICE else chosen.document_max_bytes
    head = b"".join([piece async for piece in contents.original(row, stop=min(size_bytes, HEAD_BYTES))])
    tail = b"".join([piece async for piece in contents.original(row, start=max(0, size_bytes - TAIL_BYTES))])
    return content_types.look(head, tail, size_bytes=size_bytes, max_bytes=limit)


@transaction
async def _tell(digest: bytes, facts: Facts, copies: Copies, *, object_path: str) -> None:
    """The verdict, on the original and on every photo of it that waits. Photos on their way wait for the lock."""
    row = await keeping_queries.original(digest, lock="FOR UPDATE")
    if row is None or row["looked_at"] is not None or row["object_path"] != object_path:
        return
    sizes = {name: len(copy) for name, copy in copies.items()}
    await looking_queries.set_looked_at(digest, facts, copy_sizes=sizes, at=clock.now())
    await looking_queries.tell_waiting(digest, facts)
    if facts.perceptual_hash is not None:
        await looking_queries.link_near_duplicates(digest, facts.perceptual_hash)


@schedule("media/look-again", "*/10 * * * *")
async def look_again() -> None:
    """Ask once more for what waits for long: its job may have ended just before the photo came."""
    for digest in await looking_queries.waiting_since(clock.now() - WAITS_LONG, most=MOST_AGAIN):
        await enqueue(LOOK, Look(digest.hex()), dedupe=f"look {digest.hex()} 0")
