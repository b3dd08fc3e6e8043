"""Originals and answers in the store after their time: a key that was destroyed reaches the backups, too; the objects
follow the same night. And what a process left there that died between the store and the database.
"""

from collections.abc import Collection
from datetime import timedelta

from backend.core import clock, storage
from backend.core.database import fetch
from backend.core.jobs import schedule
from backend.laboratory.import_evidence import FOLDER
from backend.people.retention import BATCH

STRAY_AFTER = timedelta(days=1)
"""An object lies in the store for a moment before its row is written: none younger than this is touched."""


@schedule("laboratory/clear-purged", "47 2 * * *")
async def clear_purged() -> None:
    """Delete the objects of imports whose keys are gone. Harmless when repeated."""
    while rows := await fetch(_PURGED, BATCH):
        for row in rows:
            for path in filter(None, (row["object_path"], row["rows_path"])):
                await storage.delete(path)
        await fetch(_FORGET, [row["id"] for row in rows])


@schedule("laboratory/sweep-originals", "23 3 * * 0")
async def sweep() -> None:
    """Every week, delete what no import knows."""
    batch: set[str] = set()
    async for path, written_at in storage.listed(FOLDER):
        if written_at < clock.now() - STRAY_AFTER:
            batch.add(path)
        if len(batch) >= BATCH:
            await _delete_strays(batch)
            batch = set()
    await _delete_strays(batch)


async def _delete_strays(paths: Collection[str]) -> None:
    known = {row["path"] for row in await fetch(_KNOWN, list(paths))}
    for path in paths:
        if path not in known:
            await storage.delete(path)


_PURGED = """
SELECT id, object_path, rows_path FROM laboratory_import
WHERE key_sealed IS NULL AND (object_path IS NOT NULL OR rows_path IS NOT NULL) ORDER BY received_at LIMIT $1
"""
_FORGET = "UPDATE laboratory_import SET object_path = NULL, rows_path = NULL WHERE id = ANY($1::uuid[])"
_KNOWN = """
SELECT object_path AS path FROM laboratory_import WHERE object_path = ANY($1::text[])
UNION SELECT rows_path FROM laboratory_import WHERE rows_path = ANY($1::text[])
"""
