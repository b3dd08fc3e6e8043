"""Files of more than may be waited for: read behind the answer, from the original that was kept."""

import asyncio
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from msgspec import Struct

from backend.core.jobs import enqueue, job
from backend.laboratory import import_evidence, import_queries, import_running
from backend.laboratory.import_desks import desk_of
from backend.laboratory.import_preparing import prepared
from backend.laboratory.import_queries import Row
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.words import ImportState

LANE = "laboratory"


class Queued(Struct, frozen=True):
    """An import, with what was told of it."""

    import_id: UUID
    told: NewImport


async def later(import_id: UUID, told: NewImport, *, after: timedelta | None = None) -> None:
    """In the transaction that writes its row; with `after` for one that is read at once, should its process die."""
    key = f"laboratory import {import_id}"
    await enqueue("laboratory/import-file", Queued(import_id, told), after=after, dedupe=key)


@job("laboratory/import-file", lane=LANE, at_once=lambda: 2)
async def import_queued(queued: Queued) -> None:
    """Run it from its beginning: what an earlier try stored is found again and counts as stored."""
    row = await import_queries.of_id(queued.import_id)
    if row is None or row["state"] in (ImportState.DONE, ImportState.FAILED) or row["key_sealed"] is None:
        return
    desk = await desk_of(None, row["unit"])
    work = await prepared(import_id=row["id"], desk=desk, new=queued.told, received_at=row["received_at"])
    work.apart = True
    key = import_evidence.open_key(row["key_sealed"])
    with TemporaryFile() as source:
        await _unsealed(row, key, source)
        async for _ in import_running.run(source, work, key=key):
            pass


async def _unsealed(row: Row, key: bytes, into: IO[bytes]) -> None:
    async for piece in import_evidence.original(row["object_path"], key=key, size_bytes=row["size_bytes"]):
        await asyncio.to_thread(into.write, piece)
