"""Photos and voice notes that their own sender has forgotten, before their time: their keys are destroyed at once.

Their objects follow in the night (`retention.clear_purged`). Bytes that another record has too stay for that record.
"""

from uuid import UUID

from backend.core.database import fetch, transaction
from backend.media.facts import PhotoState, Reason
from backend.territory.tables import POINT_COLUMNS


@transaction
async def destroy(*, kind: str, record_id: UUID) -> int:
    """Make all that a record claimed unreadable, and say so in its place; how many. Done twice it is the same."""
    rows = await fetch(_EMPTIED, kind, record_id, PhotoState.REFUSED.value, [Reason.PURGED.value])
    await fetch(_DESTROYED, list({row["original"] for row in rows}), Reason.PURGED.value)
    return len(rows)


_EMPTIED = f"""
UPDATE media_photo SET state = $3, reasons = $4::varchar[], file_name = '', opener = NULL,
    {", ".join(f"{name} = NULL" for name in ("camera_make", "camera_model", "taken_at", *POINT_COLUMNS))}
WHERE claimed_kind = $1 AND claimed_id = $2 AND NOT reasons @> $4::varchar[]
RETURNING original
"""

# `looked_at` too: a look that is under way finds it settled, and writes nothing back
_DESTROYED = """
WITH alone AS (
    SELECT o.sha256 FROM media_original o WHERE o.sha256 = ANY($1) AND NOT EXISTS (
        SELECT FROM media_photo p WHERE p.original = o.sha256 AND NOT p.reasons @> ARRAY[$2]::varchar[])
    ORDER BY o.sha256 FOR UPDATE
), parted AS (
    DELETE FROM media_near_duplicate n USING alone WHERE n.original = alone.sha256 OR n.other = alone.sha256
)
UPDATE media_original o SET key_sealed = NULL, purged_at = now(), perceptual_hash = NULL, hash_bands = NULL,
    looked_at = coalesce(o.looked_at, now())
FROM alone WHERE o.sha256 = alone.sha256
"""
