"""Reading what lies sealed in the store: originals, whole or in part, and copies."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from backend.core import cipher, pieces, storage

OBJECT_PURPOSE = "media_original.object"


def object_at(object_path: str, name: str) -> str:
    """The path of `"original"` or of a copy (`"1600"`, `"320"`)."""
    return f"{object_path}.{name}"


async def original(row: Mapping[str, Any], *, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
    """Bytes `start` to `stop` (excluded) of an original, its row with a key. Raises ObjectMissing, StorageDown."""
    key, path = open_key(row), object_at(row["object_path"], "original")
    if not row["in_pieces"]:
        whole = cipher.unseal_bytes(await storage.get(path), key=key, purpose=OBJECT_PURPOSE)
        yield whole[start:stop]
        return

    async def read(at: int, length: int) -> bytes:
        return await storage.get_range(path, start=at, length=length)

    opened = pieces.unsealed(
        read, size_bytes=row["size_bytes"], key=key, purpose=OBJECT_PURPOSE, start=start, stop=stop
    )
    async for piece in opened:
        yield piece


async def copy(row: Mapping[str, Any], name: str) -> bytes:
    """One copy, whole: a few hundred kilobytes."""
    sealed = await storage.get(object_at(row["object_path"], name))
    return await asyncio.to_thread(cipher.unseal_bytes, sealed, key=open_key(row), purpose=OBJECT_PURPOSE)


async def put_copy(row: Mapping[str, Any], name: str, content: bytes) -> None:
    """Seal one copy under its original's key and flush it."""
    sealed = await asyncio.to_thread(cipher.seal_bytes, content, key=open_key(row), purpose=OBJECT_PURPOSE)
    await storage.put(object_at(row["object_path"], name), sealed)


def open_key(row: Mapping[str, Any]) -> bytes:
    """The key of an original that was not purged."""
    return cipher.open_key(row["key_sealed"], purpose=OBJECT_PURPOSE)
