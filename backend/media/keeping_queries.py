"""Originals and photos as rows that are written once: when bytes have come."""

from collections.abc import Mapping
from typing import Any

from backend.core.database import fetch_row
from backend.core.statements import Values
from backend.media.looking_queries import FACT_COLUMNS
from backend.media.queries import ORIGINAL_COLUMNS


async def original(digest: bytes, *, lock: str = "") -> Mapping[str, Any] | None:
    """Bytes kept before. `lock`: `FOR SHARE` while a photo of it is written, `FOR UPDATE` while its verdict is."""
    return await fetch_row(f"SELECT * FROM media_original WHERE sha256 = $1 {lock}", digest)


async def is_kept(digest: bytes) -> bool:
    """Whether these bytes lie in the store, readable."""
    sql = "SELECT 1 FROM media_original WHERE sha256 = $1 AND key_sealed IS NOT NULL"
    return await fetch_row(sql, digest) is not None


async def facts_of(digest: bytes) -> dict[str, Any] | None:
    """The columns that every photo of these bytes has in common, from one that was looked at."""
    names = ", ".join(FACT_COLUMNS)
    row = await fetch_row(
        f"SELECT {names} FROM media_photo p WHERE p.original = $1 AND p.state <> 'waiting' "
        "AND NOT p.reasons @> ARRAY['purged']::varchar[] ORDER BY p.received_at DESC LIMIT 1",
        digest,
    )
    return None if row is None else dict(row)


async def insert_both(original: Mapping[str, Any], photo: Mapping[str, Any]) -> tuple[bool, Mapping[str, Any] | None]:
    """An original and its first photo: whether this sending's object counts, and the photo as `photo` gives it; None
    where the bytes were there before, or the id is taken. One statement: it is what every upload waits for.
    """
    values = Values()
    again = ", ".join(f"{name} = excluded.{name}" for name in original if name != "sha256")
    row = await fetch_row(
        f"""
        WITH o AS (
            INSERT INTO media_original ({", ".join(original)}) VALUES ({", ".join(map(values, original.values()))})
            ON CONFLICT (sha256) DO UPDATE SET {again}, looked_at = NULL, purged_at = NULL
                WHERE media_original.key_sealed IS NULL
            RETURNING *
        ), p AS (
            INSERT INTO media_photo ({", ".join(photo)}) SELECT {", ".join(map(values, photo.values()))} FROM o
            ON CONFLICT (id) DO NOTHING RETURNING *
        )
        SELECT p.*, {", ".join(ORIGINAL_COLUMNS)}, o.sha256 IS NOT NULL AS original_is_new
        FROM (SELECT 1) one LEFT JOIN o ON TRUE LEFT JOIN p ON TRUE
        """,
        *values.given,
    )
    assert row is not None  # noqa: S101 - LEFT JOIN of one row
    return row["original_is_new"], (row if row["id"] else None)


async def insert_photo(columns: Mapping[str, Any]) -> bool:
    """Whether the row is new; false where the id is taken."""
    names = ", ".join(columns)
    places = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    row = await fetch_row(
        f"INSERT INTO media_photo ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *columns.values(),
    )
    return row is not None
