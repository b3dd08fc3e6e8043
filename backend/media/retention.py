"""What this room forgets and when: points after 90 days, everything of a photo after 24 months.

An original is destroyed by destroying its key, which reaches the backups too; its objects follow the same night.
"""

from collections.abc import Collection
from datetime import timedelta

from backend.core import clock, storage
from backend.core.jobs import schedule
from backend.media import object_queries
from backend.media.contents import object_at
from backend.media.facts import SIZES
from backend.media.tables import EVIDENCE_DAYS
from backend.people.retention import BATCH, coarsened, rule

rule("media.points", days=90, statement=coarsened("media_photo", moment="received_at"))
rule(
    "media.photos",
    days=EVIDENCE_DAYS,
    statement=f"""
    UPDATE media_photo SET file_name = '', opener = NULL, camera_make = NULL, camera_model = NULL,
        longitude = NULL, latitude = NULL
    WHERE id IN (SELECT id FROM media_photo WHERE received_at < $1 AND (file_name <> '' OR opener IS NOT NULL
        OR camera_make IS NOT NULL OR camera_model IS NOT NULL OR longitude IS NOT NULL) LIMIT {BATCH})
    """,
)
rule(
    "media.originals",
    days=EVIDENCE_DAYS,
    statement=f"""
    WITH old AS (
        SELECT sha256 FROM media_original o WHERE stored_at < $1 AND key_sealed IS NOT NULL
        AND NOT EXISTS (SELECT FROM media_photo p WHERE p.original = o.sha256 AND p.received_at >= $1)
        ORDER BY stored_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED
    ), parted AS (
        DELETE FROM media_near_duplicate n USING old WHERE n.original = old.sha256 OR n.other = old.sha256
    )
    UPDATE media_original o SET key_sealed = NULL, purged_at = now(), perceptual_hash = NULL, hash_bands = NULL
    FROM old WHERE o.sha256 = old.sha256
    """,
)

NAMES = ("original", *(str(size) for size in SIZES))


@schedule("media/clear-purged", "37 2 * * *")
async def clear_purged() -> None:
    """Delete the objects of originals whose keys are gone. Half an hour after the daily run; harmless when repeated."""
    while rows := await object_queries.purged_objects(most=BATCH):
        for row in rows:
            for name in NAMES:
                await storage.delete(object_at(row["object_path"], name))
            await object_queries.forget_object(row["sha256"], row["object_path"])


FOLDER = "media"
STRAY_AFTER = timedelta(days=1)
"""An object lies in the store for a moment before its row is written: none younger than this is touched."""


@schedule("media/sweep-originals", "13 3 * * 0")
async def sweep_originals() -> None:
    """Every week, delete what no original knows: a process died between the store and the database."""
    batch: set[str] = set()
    async for path, written_at in storage.listed(FOLDER):
        if written_at < clock.now() - STRAY_AFTER:
            batch.add(path)
        if len(batch) >= BATCH:
            await _delete_strays(batch)
            batch = set()
    await _delete_strays(batch)


async def _delete_strays(paths: Collection[str]) -> None:
    known = await object_queries.known_objects({path.rpartition(".")[0] for path in paths})
    for path in paths:
        if path.rpartition(".")[0] not in known:
            await storage.delete(path)
