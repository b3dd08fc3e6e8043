"""What a phone holds: for each record of each entity a mark of what was sent.

About 8 kB packed for a cadre. A view is never updated: each answer that sends anything makes the next one, so that an
answer which was lost on the way can be asked for again. Those before the one a phone comes with go.
"""

import zlib
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.people.actors import Actor
from backend.sync.cursors import NOTHING_HELD
from backend.sync.tables import View
from backend.sync.words import EntityName

Held: TypeAlias = dict[str, dict[str, bytes]]
"""Entity → record's id → mark."""

MARK_BYTES = 8
SAME_ANSWERS = 6
"""Kept of those that were made for one cursor: the last ones may be on their way still."""
MOST_VIEWS = 24
"""Of one sign-in: nobody has more phones with it."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.msgpack.Decoder(Held)


def mark(record: Any, secret: bytes = b"") -> bytes:
    """What stands for a record as it was sent. `secret`: what is shown with it and is not in `record`."""
    return blake2b(_encoder.encode(record) + secret, digest_size=MARK_BYTES).digest()


def packed(held: Held) -> bytes:
    """A view as it is kept."""
    return zlib.compress(msgspec.msgpack.encode({name: marks for name, marks in held.items() if marks}), 1)


def unpacked(content: bytes) -> Held:
    """A view as it was kept."""
    return _decoder.decode(zlib.decompress(content))


async def held_under(view_id: UUID, *, by: Actor) -> Held | None:
    """What the phone with this view holds; None where there is no such view of this person."""
    if view_id == NOTHING_HELD:
        return {}
    row = await fetch_row("SELECT held FROM sync_view WHERE id = $1 AND person = $2", view_id, by.person_id)
    return None if row is None else unpacked(row["held"])


async def keep(held: Held, *, after: UUID, by: Actor) -> UUID:
    """Keep the next view of this phone. `after` is the one it came with: the one before that, and the answers beside
    it that never arrived, go."""
    came_with = None if after == NOTHING_HELD else after
    fresh = View(
        id=ids.uuid7(),
        person=by.person_id,
        device_id=by.device_id,
        made_at=clock.now(),
        held=packed(held),
        after=came_with,
    )
    await View.insert(fresh)
    await fetch(_FORGET, by.person_id, by.device_id, [fresh.id, came_with], came_with, SAME_ANSWERS, MOST_VIEWS)
    return UUID(str(fresh.id))


_FORGET = """
DELETE FROM sync_view WHERE id IN (
    SELECT v.id FROM (
        SELECT v.id, row_number() OVER same AS same_nth, row_number() OVER all_of_it AS nth,
               v.id = came.after OR v.after = came.after AS passed
        FROM sync_view v LEFT JOIN sync_view came ON came.id = $4
        WHERE v.person = $1 AND v.device_id IS NOT DISTINCT FROM $2
        WINDOW same AS (PARTITION BY v.after ORDER BY v.made_at DESC, v.id DESC),
               all_of_it AS (ORDER BY v.made_at DESC, v.id DESC)
    ) v WHERE (v.passed OR same_nth > $5 OR nth > $6) AND v.id <> ALL(array_remove($3::uuid[], NULL))
)
"""
"""By which view follows which, and not by moments: two servers' clocks differ, and two phones may share a sign-in."""


def next_view(held: Mapping[str, Mapping[str, bytes]]) -> Held:
    """A copy to work on."""
    return {name: dict(marks) for name, marks in held.items() if name in set(EntityName)}
