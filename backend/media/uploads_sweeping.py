"""What was abandoned goes: uploads that nobody went on with, pieces that no row knows, files that were never named."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog

from backend.core import clock, storage
from backend.core.jobs import schedule
from backend.media import uploads_queries
from backend.media.uploads_pieces import FOLDER

log = structlog.get_logger()

AT_ONCE = 500
TOLD_GONE_FOR = timedelta(days=7)
STRAY_AFTER = timedelta(hours=1)
"""A piece lies in the store for a moment before its row is written: no stray younger than this is touched."""


class Swept(msgspec.Struct, frozen=True):
    """What one run took away."""

    uploads: int
    strays: int
    drafts: int


@schedule("media/sweep-uploads", "41 * * * *")
async def sweep_uploads() -> None:
    """Every hour, at 41 past."""
    swept = await sweep()
    log.info("uploads swept", **msgspec.structs.asdict(swept))


async def sweep() -> Swept:
    """One run. Raises StorageDown (503) when the store does not answer: nothing is half swept, the next run goes on."""
    uploads = 0
    while found := await uploads_queries.abandoned(clock.now(), limit=AT_ONCE):
        for upload_id in found:
            await _end(upload_id)
        uploads += len(found)
    await uploads_queries.forget(received_before=clock.now(), gone_before=clock.now() - TOLD_GONE_FOR)
    return Swept(uploads, await _strays(), await storage.remove_drafts(older_than=STRAY_AFTER))


async def _end(upload_id: UUID) -> None:
    """Objects first: while their rows are there, a run that fails is taken up by the next."""
    await uploads_queries.expire(upload_id, before=clock.now())
    await _delete([part.object_path for part in await uploads_queries.parts(upload_id)])
    await uploads_queries.drop_parts(upload_id)


async def _strays() -> int:
    """Pieces of requests that died between the store and the database."""
    strays, batch = 0, []
    async for path, written_at in storage.listed(FOLDER):
        if written_at < clock.now() - STRAY_AFTER:
            batch.append(path)
        if len(batch) >= AT_ONCE:
            strays += await _delete_unknown(batch)
            batch = []
    return strays + await _delete_unknown(batch)


async def _delete_unknown(paths: Sequence[str]) -> int:
    unknown = set(paths) - await uploads_queries.known_paths(paths)
    await _delete(sorted(unknown))
    return len(unknown)


async def _delete(paths: Sequence[str]) -> None:
    for path in paths:
        await storage.delete(path)
