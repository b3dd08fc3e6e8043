"""Objects behind obstore: a bucket, which confirms a write only when it keeps it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from pathlib import PurePosixPath

import obstore
from obstore.store import ObjectStore

from backend.core.settings import settings
from backend.core.storage_refusals import MISSING, as_refusals

_PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes as a part


class Place:
    """Where objects lie; what each verb promises, `storage` says."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, path: str, content: bytes) -> None:
        with as_refusals():
            async with asyncio.timeout(settings().storage_within_s):
                await obstore.put_async(self._store, checked(path), content)

    async def put_new(self, path: str, pieces: Iterable[bytes]) -> None:
        await self.put(path, await asyncio.to_thread(b"".join, pieces))

    async def put_stream(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        with as_refusals():
            await obstore.put_async(
                self._store, checked(path), pieces, use_multipart=True, chunk_size=_PART_BYTES, max_concurrency=1
            )

    async def get_range(self, path: str, start: int, length: int) -> bytes:
        with as_refusals():
            return bytes(await obstore.get_range_async(self._store, checked(path), start=start, length=length))

    async def get(self, path: str) -> bytes:
        with as_refusals():
            async with asyncio.timeout(settings().storage_within_s):
                found = await obstore.get_async(self._store, checked(path))
                return bytes(await found.bytes_async())

    async def delete(self, path: str) -> None:
        with as_refusals():
            try:
                await obstore.delete_async(self._store, checked(path))
            except MISSING:
                return

    async def exists(self, path: str) -> bool:
        with as_refusals():
            try:
                await obstore.head_async(self._store, checked(path))
            except MISSING:
                return False
            return True

    async def listed(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        with as_refusals():
            async for batch in obstore.list(self._store, prefix=checked(prefix)):
                for found in batch:
                    if not PurePosixPath(found["path"]).name.startswith("."):  # a draft of a folder's
                        yield found["path"], found["last_modified"]

    async def remove_drafts(self, *, older_than: timedelta) -> int:  # noqa: ARG002 - a bucket has none
        return 0


def checked(path: str) -> str:
    """The path, if it is one that we make. Raises ValueError."""
    if PurePosixPath(path).is_absolute() or not all(re.fullmatch(r"[A-Za-z0-9_-][\w.-]*", p) for p in path.split("/")):
        raise ValueError(f"Not a path of ours: {path!r}")
    return path
