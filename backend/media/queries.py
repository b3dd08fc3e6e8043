"""Photos and originals as rows."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.core.words import say
from backend.media.facts import CameraFacts, Facts
from backend.media.originals import FlushedPhoto
from backend.media.schemas import Camera, PhotoRecord
from backend.media.tables import PhotoState
from backend.people.actors import Scope
from backend.territory.coordinates import Crs
from backend.territory.points import Point, as_read

PHOTO = """
SELECT p.*, o.size_bytes, o.content_type, o.object_path, o.key_sealed
FROM media_photo p JOIN media_original o ON o.sha256 = p.original
"""


async def photo(photo_id: UUID) -> Mapping[str, Any] | None:
    """One photo with its original."""
    return await fetch_row(f"{PHOTO} WHERE p.id = $1", photo_id)


async def photo_in_scope(photo_id: UUID, scope: Scope) -> Mapping[str, Any] | None:
    """The same, if it is the asker's own upload or its record lies in his territory."""
    covered, bounds = scope.clause("p.division_code", 3)
    return await fetch_row(
        f"{PHOTO} WHERE p.id = $1 AND (p.uploaded_by = $2 OR {covered})", photo_id, scope.person_id, *bounds
    )


async def facts_of(digest: bytes) -> Facts | None:
    """What is known about bytes that were kept before; None for new ones and for purged ones."""
    row = await fetch_row(f"{PHOTO} WHERE o.sha256 = $1 AND o.key_sealed IS NOT NULL LIMIT 1", digest)
    return None if row is None else _facts(row)


def _facts(row: Mapping[str, Any]) -> Facts:
    camera = CameraFacts(
        taken_at=row["taken_at"],
        zone_assumed=row["taken_at_zone_assumed"],
        make=row["camera_make"],
        model=row["camera_model"],
        point=_point(row),
    )
    return Facts(
        state=PhotoState(row["state"]),
        content_type=row["content_type"],
        verdict=row["verdict"],
        width=row["width"],
        height=row["height"],
        camera=camera,
    )


def _point(row: Mapping[str, Any]) -> Point | None:
    if row["longitude"] is None:
        return None
    return Point(
        crs=Crs.WGS84,
        longitude=row["longitude"],
        latitude=row["latitude"],
        accuracy_m=row["accuracy_m"],
        fixed_at=row["fixed_at"],
        provider=row["provider"],
        mock=row["mock"],
    )


async def insert_original(flushed: FlushedPhoto, stored_at: Any) -> bool:
    """Whether this sending is the one whose object counts. A purged original comes back under its new key."""
    row = await fetch_row(
        """
        INSERT INTO media_original (sha256, object_path, size_bytes, content_type, key_sealed, stored_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (sha256) DO UPDATE
           SET object_path = excluded.object_path, key_sealed = excluded.key_sealed,
               stored_at = excluded.stored_at, purged_at = NULL
         WHERE media_original.key_sealed IS NULL
        RETURNING sha256
        """,
        flushed.sha256,
        flushed.object_path,
        flushed.size_bytes,
        flushed.facts.content_type,
        flushed.key_sealed,
        stored_at,
    )
    return row is not None


async def insert_photo(columns: Mapping[str, Any]) -> bool:
    """Whether the row is new; false where the id is taken."""
    names = ", ".join(columns)
    places = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    row = await fetch_row(
        f"INSERT INTO media_photo ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *columns.values(),
    )
    return row is not None


async def claim(
    photo_ids: Collection[UUID], *, kind: str, record_id: UUID, division_code: str, uploaded_by: UUID | None
) -> set[UUID]:
    """Photos that now belong to the record: free ones and its own. The rest is left as it was."""
    rows = await fetch(
        """
        UPDATE media_photo SET claimed_kind = $2, claimed_id = $3, division_code = $4
        WHERE id = ANY($1) AND ($5::uuid IS NULL OR uploaded_by = $5)
          AND (claimed_id IS NULL OR (claimed_kind = $2 AND claimed_id = $3))
        RETURNING id
        """,
        list(photo_ids),
        kind,
        record_id,
        division_code,
        uploaded_by,
    )
    return {row["id"] for row in rows}


async def known(photo_ids: Collection[UUID], *, uploaded_by: UUID | None) -> set[UUID]:
    """Those of the ids that are photos (of this sender)."""
    rows = await fetch(
        "SELECT id FROM media_photo WHERE id = ANY($1) AND ($2::uuid IS NULL OR uploaded_by = $2)",
        list(photo_ids),
        uploaded_by,
    )
    return {row["id"] for row in rows}


def record(row: Mapping[str, Any], crs: Crs = Crs.WGS84) -> PhotoRecord:
    """A photo as the wire shows it."""
    accepted = row["state"] == PhotoState.ACCEPTED
    return PhotoRecord(
        id=row["id"],
        state=PhotoState(row["state"]),
        verdict=say(row["verdict"]) if row["verdict"] else None,
        sha256=row["original"].hex(),
        size_bytes=row["size_bytes"],
        content_type=row["content_type"],
        file_name=row["file_name"],
        received_at=row["received_at"],
        width=row["width"],
        height=row["height"],
        taken_at=row["taken_at"],
        taken_at_zone_assumed=row["taken_at_zone_assumed"],
        camera=Camera(row["camera_make"], row["camera_model"]),
        point=as_read(row, crs),
        copy=f"/api/v1/photos/{row['id']}/copy" if accepted else None,
    )
