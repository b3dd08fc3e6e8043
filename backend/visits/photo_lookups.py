"""What is known of the photos that a visit names: whose they are, whether free, where the same bytes were seen."""

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch
from backend.people.actors import Actor


class PhotoFacts(Struct, frozen=True):
    """A photo of the asker's: whether it is free, and which other visits hold the same bytes."""

    photo_id: UUID
    sha256: bytes
    is_free: bool
    other_visits: tuple[UUID, ...]


async def look_at_photos(photo_ids: Sequence[UUID], *, by: Actor) -> dict[UUID, PhotoFacts]:
    """Those of the photos that are the asker's own, by id."""
    rows = await fetch(_PHOTOS, list(photo_ids), by.person_id)
    return {row["id"]: PhotoFacts(row["id"], row["original"], row["is_free"], tuple(row["visits"])) for row in rows}


_PHOTOS = """
SELECT p.id, p.original, p.claimed_id IS NULL AS is_free,
       ARRAY(SELECT DISTINCT o.visit FROM media_photo q JOIN visits_photo o ON o.photo = q.id
             WHERE q.original = p.original) AS visits
FROM media_photo p WHERE p.id = ANY($1) AND p.uploaded_by = $2
"""


def taken(photo: PhotoFacts, by_visit: Collection[UUID], visit_id: UUID, shas: Collection[bytes]) -> PhotoFacts:
    """What is known of a photo once another visit of the same batch has taken up these photos and bytes."""
    others = (*photo.other_visits, visit_id) if photo.sha256 in shas else photo.other_visits
    return PhotoFacts(photo.photo_id, photo.sha256, photo.is_free and photo.photo_id not in by_visit, others)
