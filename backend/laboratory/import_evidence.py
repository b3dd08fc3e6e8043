"""A file as it came, and the answers to its rows, in the store: sealed under one key of their own, as streams.

Destroying that key (`laboratory_import.key_sealed`) is how a purge reaches both, and the backups.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import IO
from uuid import UUID, uuid4

from backend.core import cipher, pieces, storage

KEY_PURPOSE = "laboratory_import.key_sealed"
ORIGINAL, ROWS = "laboratory_import.original", "laboratory_import.rows"
FOLDER = "laboratory"
CHUNK_BYTES = pieces.PIECE_BYTES


def new_key() -> tuple[bytes, bytes]:
    """A fresh key, and the same sealed for its column."""
    return cipher.new_key(purpose=KEY_PURPOSE)


def open_key(sealed: bytes) -> bytes:
    """A kept key again."""
    return cipher.open_key(sealed, purpose=KEY_PURPOSE)


async def keep_original(import_id: UUID, source: IO[bytes], *, key: bytes) -> str:
    """Seal it and flush it; its path, which is new at each call: the same import may be sent twice at once."""
    return await _keep(f"{FOLDER}/{import_id}/original-{uuid4().hex}", source, key, ORIGINAL)


async def keep_rows(import_id: UUID, source: IO[bytes], *, key: bytes) -> str:
    """The same for the answers; the path ends in their size, which reading a sealed stream asks for."""
    size_bytes = await asyncio.to_thread(source.seek, 0, 2)
    return await _keep(f"{FOLDER}/{import_id}/rows-{size_bytes}", source, key, ROWS)


def size_of_rows(path: str) -> int:
    """How long the plain answers under a path are."""
    return int(path.rpartition("-")[2])


async def original(path: str, *, key: bytes, size_bytes: int) -> AsyncIterator[bytes]:
    """The bytes as they came. Raises ObjectMissing, StorageDown."""
    async for piece in _opened(path, key, size_bytes, ORIGINAL, 0):
        yield piece


async def rows(path: str, *, key: bytes, start: int = 0) -> AsyncIterator[bytes]:
    """The answers from a place on."""
    async for piece in _opened(path, key, size_of_rows(path), ROWS, start):
        yield piece


async def _keep(path: str, source: IO[bytes], key: bytes, purpose: str) -> str:
    await asyncio.to_thread(source.seek, 0)

    async def plain() -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(source.read, CHUNK_BYTES):
            yield chunk

    await storage.put_stream(path, pieces.sealed(plain(), key=key, purpose=purpose))
    return path


async def _opened(path: str, key: bytes, size_bytes: int, purpose: str, start: int) -> AsyncIterator[bytes]:
    async def read(at: int, length: int) -> bytes:
        return await storage.get_range(path, start=at, length=length)

    if start >= size_bytes > 0:
        return
    async for piece in pieces.unsealed(read, size_bytes=size_bytes, key=key, purpose=purpose, start=start):
        yield piece
