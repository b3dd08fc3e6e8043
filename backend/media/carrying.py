"""Two people share a phone: what one took, the other's session may send. Whose photo it is then, and who sent it."""

from collections.abc import Collection
from uuid import UUID

from backend.core.database import fetch


async def hand_to_author(*, photo_ids: Collection[UUID], sent_by: UUID, author_id: UUID) -> None:
    """Make photos that one person sent for another the other's; `carried_by` keeps who sent them.

    Only what the sender himself sent and no record has claimed: nobody gets at the photo of a third.
    """
    await fetch(
        "UPDATE media_photo SET uploaded_by = $3, carried_by = $2 "
        "WHERE id = ANY($1) AND uploaded_by = $2 AND claimed_id IS NULL",
        *(list(photo_ids), sent_by, author_id),
    )


async def those_here(*, photo_ids: Collection[UUID], uploaded_by: UUID) -> set[UUID]:
    """Those of the ids that are this person's photos."""
    rows = await fetch("SELECT id FROM media_photo WHERE id = ANY($1) AND uploaded_by = $2", photo_ids, uploaded_by)
    return {row["id"] for row in rows}
