"""Which objects of the store an original still needs."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from backend.core.database import fetch


async def purged_objects(*, most: int) -> Sequence[Mapping[str, Any]]:
    """Originals without a key whose objects still lie in the store."""
    sql = "SELECT sha256, object_path FROM media_original WHERE key_sealed IS NULL AND object_path <> '' LIMIT $1"
    return await fetch(sql, most)


async def known_objects(object_paths: Collection[str]) -> set[str]:
    """Those of the paths that an original lies under."""
    sql = "SELECT object_path FROM media_original WHERE object_path = ANY($1)"
    return {row["object_path"] for row in await fetch(sql, list(object_paths))}


async def forget_object(digest: bytes, object_path: str) -> None:
    """Its objects are deleted. One that was sent again meanwhile has another path."""
    sql = "UPDATE media_original SET object_path = '' WHERE sha256 = $1 AND object_path = $2 AND key_sealed IS NULL"
    await fetch(sql, digest, object_path)
