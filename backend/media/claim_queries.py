"""Photos that become part of a record."""

from collections.abc import Collection
from uuid import UUID

from backend.core.database import fetch


async def claim(
    photo_ids: Collection[UUID],
    *,
    kind: str,
    record_id: UUID,
    division_code: str,
    household_id: UUID | None,
    uploaded_by: UUID | None,
    opener: str | None,
) -> set[UUID]:
    """Photos that now belong to the record: free ones and its own. The rest is left as it was."""
    rows = await fetch(
        """
        UPDATE media_photo SET claimed_kind = $2, claimed_id = $3, division_code = $4, household = $6
        WHERE id = ANY($1) AND ($5::uuid IS NULL OR uploaded_by = $5) AND ($7::text IS NULL OR opener = $7)
          AND (claimed_id IS NULL OR (claimed_kind = $2 AND claimed_id = $3))
        RETURNING id
        """,
        *(list(photo_ids), kind, record_id, division_code, uploaded_by, household_id, opener),
    )
    return {row["id"] for row in rows}


async def release(*, kind: str, record_id: UUID) -> None:
    """Photos of a record belong to none again."""
    await fetch(
        "UPDATE media_photo SET claimed_kind = NULL, claimed_id = NULL WHERE claimed_kind = $1 AND claimed_id = $2",
        *(kind, record_id),
    )


async def unclaimed(opener: str) -> list[UUID]:
    """What came under an opener and belongs to no record yet, in the order of sending."""
    rows = await fetch(
        "SELECT id FROM media_photo WHERE opener = $1 AND claimed_id IS NULL ORDER BY received_at, id", opener
    )
    return [row["id"] for row in rows]


async def move_claim(*, kind: str, record_id: UUID, division_code: str, household_id: UUID | None) -> None:
    """Photos follow their record."""
    await fetch(
        "UPDATE media_photo SET division_code = $3, household = $4 WHERE claimed_kind = $1 AND claimed_id = $2",
        *(kind, record_id, division_code, household_id),
    )


async def known(photo_ids: Collection[UUID], *, uploaded_by: UUID | None, opener: str | None) -> set[UUID]:
    """Those of the ids that are photos (of this sender)."""
    rows = await fetch(
        "SELECT id FROM media_photo WHERE id = ANY($1) AND ($2::uuid IS NULL OR uploaded_by = $2) "
        "AND ($3::text IS NULL OR opener = $3)",
        *(list(photo_ids), uploaded_by, opener),
    )
    return {row["id"] for row in rows}
