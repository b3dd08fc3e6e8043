"""Objects in a folder of this machine.

`put` returns when the bytes are on disk: obstore's folder store renames but never flushes, so we write here, file and
directory both, and leave it the reading.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path

from obstore.store import LocalStore

from backend.core import durable_files
from backend.core.settings import settings
from backend.core.storage_place import Place, checked
from backend.core.storage_refusals import StorageDown, as_refusals


class Folder(Place):
    """A folder on this machine, or on a file system that several machines share and that honours fsync."""

    def __init__(self, root: Path) -> None:
        try:
            durable_files.make_folder(root)
        except OSError as error:
            raise StorageDown from error
        super().__init__(LocalStore(root))
        self._root = root

    async def put(self, path: str, content: bytes) -> None:
        with as_refusals():
            async with asyncio.timeout(settings().storage_within_s):  # the thread goes on; what it writes, no row knows
                await asyncio.to_thread(durable_files.write_whole, self._root / checked(path), content)

    async def put_new(self, path: str, pieces: Iterable[bytes]) -> None:
        with as_refusals():
            async with asyncio.timeout(settings().storage_within_s):
                await asyncio.to_thread(durable_files.write_new, self._root / checked(path), pieces)

    async def put_stream(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        with as_refusals():
            draft = await asyncio.to_thread(durable_files.Draft, self._root / checked(path))
            try:
                async for piece in pieces:
                    await asyncio.to_thread(draft.file.write, piece)
                await asyncio.to_thread(draft.keep)
            finally:
                await asyncio.to_thread(draft.drop)

    async def delete(self, path: str) -> None:
        with as_refusals():
            await asyncio.to_thread(durable_files.remove, self._root / checked(path))

    async def remove_drafts(self, *, older_than: timedelta) -> int:
        with as_refusals():
            return await asyncio.to_thread(
                durable_files.remove_drafts, self._root, time.time() - older_than.total_seconds()
            )
