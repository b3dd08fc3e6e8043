"""Uploads and their pieces as rows. Where requests race the row decides: each step names the state it starts from."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.media.upload_tables import UploadState


class Upload(Struct, frozen=True, kw_only=True):
    """A row of `media_upload`."""

    id: UUID
    opener: str
    opened_by: UUID | None
    opened_at: datetime
    expires_at: datetime
    state: str
    length_bytes: int
    offset_bytes: int
    metadata: str | None
    concat: str | None
    key_sealed: bytes | None


class Part(Struct, frozen=True):
    """A flushed piece."""

    first_byte: int
    size_bytes: int
    object_path: str


_COLUMNS = ", ".join(Upload.__struct_fields__)


def _upload(row: Any) -> Upload | None:
    return None if row is None else Upload(**row)


async def upload(upload_id: UUID) -> Upload | None:
    """One upload."""
    return _upload(await fetch_row(f"SELECT {_COLUMNS} FROM media_upload WHERE id = $1", upload_id))


async def open_upload(new: Upload, *, most_open: int) -> Upload | None:
    """The upload, open and empty; None where another one that is not gone, or a photo, has the id, or where its opener
    has `most_open` already that are not whole (of many at the same moment some more may get in)."""
    return _upload(
        await fetch_row(
            f"""
            INSERT INTO media_upload ({_COLUMNS})
            SELECT $1, $2::varchar, $3, $4, $5, $6, $7, $8, $9, $10, $11
            WHERE NOT EXISTS (SELECT 1 FROM media_photo WHERE id = $1) AND $12 > (
                SELECT count(*) FROM media_upload WHERE opener = $2::varchar AND state = '{UploadState.OPEN}'
                AND offset_bytes < length_bytes AND expires_at > $4)
            ON CONFLICT (id) DO UPDATE
               SET opened_at = excluded.opened_at, expires_at = excluded.expires_at, state = excluded.state,
                   length_bytes = excluded.length_bytes, offset_bytes = 0, metadata = excluded.metadata,
                   concat = excluded.concat, key_sealed = excluded.key_sealed
             WHERE media_upload.state = '{UploadState.GONE}' AND media_upload.opener = excluded.opener
            RETURNING {_COLUMNS}
            """,
            *(getattr(new, name) for name in Upload.__struct_fields__),
            most_open,
        )
    )


async def is_photo(upload_id: UUID) -> bool:
    """Whether a photo has the id."""
    return await fetch_row("SELECT 1 FROM media_photo WHERE id = $1", upload_id) is not None


async def advance(
    upload_id: UUID, *, from_byte: int, to_byte: int, parts: Collection[Part], expires_at: datetime
) -> bool:
    """Let the offset go on over pieces that are flushed; false where it is no longer at `from_byte`."""
    row = await fetch_row(
        f"""
        WITH advanced AS (
            UPDATE media_upload SET offset_bytes = $3, expires_at = $4
            WHERE id = $1 AND offset_bytes = $2 AND state = '{UploadState.OPEN}' RETURNING id
        ), kept AS (
            INSERT INTO media_upload_part (id, upload, first_byte, size_bytes, object_path)
            SELECT part.id, advanced.id, part.first_byte, part.size_bytes, part.object_path FROM advanced,
            unnest($5::uuid[], $6::bigint[], $7::bigint[], $8::text[]) AS part (id, first_byte, size_bytes, object_path)
        )
        SELECT id FROM advanced
        """,
        upload_id,
        from_byte,
        to_byte,
        expires_at,
        [ids.uuid7() for _ in parts],
        [part.first_byte for part in parts],
        [part.size_bytes for part in parts],
        [part.object_path for part in parts],
    )
    return row is not None


async def receive(upload_id: UUID, *, from_byte: int) -> bool:
    """Call the upload received, all of it; false where it is no longer open at `from_byte`. The key goes."""
    row = await fetch_row(
        f"""
        UPDATE media_upload SET state = '{UploadState.RECEIVED}', offset_bytes = length_bytes, key_sealed = NULL
        WHERE id = $1 AND offset_bytes = $2 AND state = '{UploadState.OPEN}' RETURNING id
        """,
        upload_id,
        from_byte,
    )
    return row is not None


async def end(upload_id: UUID) -> None:
    """Call the upload gone; its key and what its sender said about it go with it."""
    await fetch_row(
        f"""
        UPDATE media_upload SET state = '{UploadState.GONE}', key_sealed = NULL, metadata = NULL WHERE id = $1
        """,
        upload_id,
    )


async def parts(upload_id: UUID) -> list[Part]:
    """The flushed pieces of one upload, in order."""
    rows = await fetch(
        "SELECT first_byte, size_bytes, object_path FROM media_upload_part WHERE upload = $1 ORDER BY first_byte",
        upload_id,
    )
    return [Part(**row) for row in rows]


async def drop_parts(upload_id: UUID) -> list[Part]:
    """Forget the pieces; their objects are the caller's to delete."""
    rows = await fetch(
        "DELETE FROM media_upload_part WHERE upload = $1 RETURNING first_byte, size_bytes, object_path", upload_id
    )
    return [Part(**row) for row in rows]


async def abandoned(before: datetime, *, limit: int) -> list[UUID]:
    """Open uploads that nobody went on with in time, and those that are over and still hold pieces."""
    rows = await fetch(
        f"""
        SELECT id FROM media_upload u
        WHERE (expires_at < $1 AND state = '{UploadState.OPEN}')
           OR (state <> '{UploadState.OPEN}' AND EXISTS (SELECT 1 FROM media_upload_part WHERE upload = u.id))
        ORDER BY expires_at LIMIT $2
        """,
        before,
        limit,
    )
    return [row["id"] for row in rows]


async def expire(upload_id: UUID, *, before: datetime) -> None:
    """Call it gone if it is open and still abandoned."""
    await fetch(
        f"""
        UPDATE media_upload SET state = '{UploadState.GONE}', key_sealed = NULL, metadata = NULL
        WHERE id = $1 AND state = '{UploadState.OPEN}' AND expires_at < $2
        """,
        upload_id,
        before,
    )


async def forget(*, received_before: datetime, gone_before: datetime) -> None:
    """Delete rows of uploads that are over: their addresses then say 404."""
    await fetch(
        f"""
        DELETE FROM media_upload u
        WHERE (expires_at < $1 AND state = '{UploadState.RECEIVED}' OR expires_at < $2 AND state = '{UploadState.GONE}')
          AND NOT EXISTS (SELECT 1 FROM media_upload_part WHERE upload = u.id)
        """,
        received_before,
        gone_before,
    )


async def known_paths(paths: Collection[str]) -> set[str]:
    """Those of the paths that a piece is kept under."""
    rows = await fetch("SELECT object_path FROM media_upload_part WHERE object_path = ANY($1)", list(paths))
    return {row["object_path"] for row in rows}
