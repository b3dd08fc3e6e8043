"""Objects (photos, originals) in a folder or in a bucket of S3; which one, STORAGE_URL says.

`put` returns when the bytes are on disk: obstore's folder store renames but never flushes, so a folder is written here,
file and directory both; S3 confirms only what it keeps. A path is made by us from ids and digests, never by a user.
Credentials of a bucket come from the environment, as obstore reads it (AWS_ACCESS_KEY_ID, AWS_ENDPOINT, …).
"""

import asyncio
import errno
import os
import re
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from io import FileIO
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from backend.core.refusals import Refusal
from backend.core.settings import settings

log = structlog.get_logger()

_PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes as a part
_MISSING = (NotFoundError, FileNotFoundError)


class StorageFull(Refusal):
    """No room is left for files; what was sent was not kept."""

    status, code, title = 503, "core/storage-full", "There is no room left for files"
    retry_after_s = 300


class StorageDown(Refusal):
    """The place where files lie does not answer as it should; what was sent was not kept."""

    status, code, title = 503, "core/storage-down", "Files cannot be kept at the moment"
    retry_after_s = 30


class ObjectMissing(LookupError):
    """Nothing is stored under this path."""


async def put(path: str, content: bytes) -> None:
    """Keep bytes under a path; when this returns they survive a power cut. Raises StorageFull, StorageDown."""
    await place(settings().storage).put(path, content)


async def put_new(path: str, pieces: Iterable[bytes]) -> None:
    """The same for bytes at hand, under a path that nobody was told yet: what a killed process leaves there is rubbish.

    pieces  made in the thread that writes them: sealing and hashing may go on in there
    """
    await place(settings().storage).put_new(path, pieces)


async def put_stream(path: str, pieces: AsyncIterator[bytes]) -> None:
    """The same for bytes as they come, a few pieces in memory at a time. What `pieces` raises leaves nothing behind."""
    await place(settings().storage).put_stream(path, pieces)


async def get_range(path: str, *, start: int, length: int) -> bytes:
    """Some of the bytes under a path; fewer where it ends before. Raises ObjectMissing, StorageDown."""
    return await place(settings().storage).get_range(path, start, length)


async def get(path: str) -> bytes:
    """The bytes under a path. Raises ObjectMissing, StorageDown."""
    return await place(settings().storage).get(path)


async def delete(path: str) -> None:
    """Take away what is under a path; nothing there is no mistake. Raises StorageDown."""
    await place(settings().storage).delete(path)


async def exists(path: str) -> bool:
    """Whether something is stored under a path. Raises StorageDown."""
    return await place(settings().storage).exists(path)


async def listed(prefix: str) -> AsyncIterator[tuple[str, datetime]]:
    """The paths under a folder (`uploads`) and when each was written, in no order. Raises StorageDown."""
    async for found in place(settings().storage).listed(prefix):
        yield found


async def remove_drafts(*, older_than: timedelta) -> int:
    """Delete what a killed process began to write and never named; how many there were. Raises StorageDown."""
    return await place(settings().storage).remove_drafts(older_than=older_than)


class Place:
    """Where objects lie: an obstore store, which confirms a write only when it keeps it."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, path: str, content: bytes) -> None:
        with _as_refusals():
            async with asyncio.timeout(settings().storage_within_s):
                await obstore.put_async(self._store, _checked(path), content)

    async def put_new(self, path: str, pieces: Iterable[bytes]) -> None:
        await self.put(path, await asyncio.to_thread(b"".join, pieces))

    async def put_stream(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        with _as_refusals():
            await obstore.put_async(
                self._store, _checked(path), pieces, use_multipart=True, chunk_size=_PART_BYTES, max_concurrency=1
            )

    async def get_range(self, path: str, start: int, length: int) -> bytes:
        with _as_refusals():
            return bytes(await obstore.get_range_async(self._store, _checked(path), start=start, length=length))

    async def get(self, path: str) -> bytes:
        with _as_refusals():
            async with asyncio.timeout(settings().storage_within_s):
                found = await obstore.get_async(self._store, _checked(path))
                return bytes(await found.bytes_async())

    async def delete(self, path: str) -> None:
        with _as_refusals():
            try:
                await obstore.delete_async(self._store, _checked(path))
            except _MISSING:
                return

    async def exists(self, path: str) -> bool:
        with _as_refusals():
            try:
                await obstore.head_async(self._store, _checked(path))
            except _MISSING:
                return False
            return True

    async def listed(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        with _as_refusals():
            async for batch in obstore.list(self._store, prefix=_checked(prefix)):
                for found in batch:
                    if not PurePosixPath(found["path"]).name.startswith("."):  # a draft of a folder's
                        yield found["path"], found["last_modified"]

    async def remove_drafts(self, *, older_than: timedelta) -> int:  # noqa: ARG002 - a bucket has none
        return 0


class Folder(Place):
    """A folder on this machine, or on a file system that several machines share and that honours fsync."""

    def __init__(self, root: Path) -> None:
        try:
            _make_durably(root)
        except OSError as error:
            raise StorageDown from error
        super().__init__(LocalStore(root))
        self._root = root

    async def put(self, path: str, content: bytes) -> None:
        with _as_refusals():
            async with asyncio.timeout(
                settings().storage_within_s
            ):  # the thread goes on; what it then writes, no row will know
                await asyncio.to_thread(_write_durably, self._root, _checked(path), content)

    async def put_new(self, path: str, pieces: Iterable[bytes]) -> None:
        with _as_refusals():
            async with asyncio.timeout(settings().storage_within_s):
                await asyncio.to_thread(_write_new, self._root / _checked(path), pieces)

    async def put_stream(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        with _as_refusals():
            draft = await asyncio.to_thread(_Draft, self._root / _checked(path))
            try:
                async for piece in pieces:
                    await asyncio.to_thread(draft.file.write, piece)
                await asyncio.to_thread(draft.keep)
            finally:
                await asyncio.to_thread(draft.drop)

    async def delete(self, path: str) -> None:
        with _as_refusals():
            await asyncio.to_thread(_unlink_durably, self._root / _checked(path))

    async def remove_drafts(self, *, older_than: timedelta) -> int:
        with _as_refusals():
            return await asyncio.to_thread(_unlink_drafts, self._root, time.time() - older_than.total_seconds())


@cache
def place(url: str) -> Place:
    """Where objects of this address lie: `file://…` or a bucket. Raises StorageDown."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Folder(Path(unquote(parts.path)))
    return Place(
        S3Store.from_url(
            url,
            client_options={"timeout": "20s", "connect_timeout": "3s", "allow_http": True},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
        )
    )


def _write_durably(root: Path, path: str, content: bytes) -> None:
    draft = _Draft(root / path)
    try:
        draft.file.write(content)
        draft.keep()
    finally:
        draft.drop()


def _write_new(target: Path, pieces: Iterable[bytes]) -> None:
    """In place: no name is changed afterwards, so ext4 writes its journal once and not twice."""
    _make_durably(target.parent)
    with target.open("xb", buffering=0) as file:
        try:
            for piece in pieces:
                _write_all(file, piece)
            os.fsync(file.fileno())
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    _flush_folder(target.parent)


def _write_all(file: FileIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


class _Draft:
    """A file beside `target` that takes its name, whole and flushed, or goes."""

    def __init__(self, target: Path) -> None:
        _make_durably(target.parent)
        self._target = target
        self._path = target.with_name(f".{uuid4().hex}.part")
        self.file = self._path.open("xb")

    def keep(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._path.replace(self._target)
        _flush_folder(self._target.parent)

    def drop(self) -> None:
        """After `keep`: nothing. What a full disk did not take is still in the buffer and fails again."""
        with suppress(OSError):
            self.file.close()
        self._path.unlink(missing_ok=True)


def _make_durably(folder: Path) -> None:
    """Make a folder and those above it; a name is on disk only when the folder that holds it is flushed."""
    if folder.is_dir():
        return
    _make_durably(folder.parent)
    folder.mkdir(exist_ok=True)
    _flush_folder(folder.parent)


def _unlink_durably(target: Path) -> None:
    try:
        target.unlink()
    except FileNotFoundError:
        return
    _flush_folder(target.parent)


def _unlink_drafts(root: Path, before: float) -> int:
    drafts = [path for path in root.glob("**/.*.part") if path.stat().st_mtime < before]
    for draft in drafts:
        draft.unlink(missing_ok=True)
    return len(drafts)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checked(path: str) -> str:
    if PurePosixPath(path).is_absolute() or not all(re.fullmatch(r"[A-Za-z0-9_-][\w.-]*", p) for p in path.split("/")):
        raise ValueError(f"Not a path of ours: {path!r}")
    return path


@contextmanager
def _as_refusals() -> Iterator[None]:
    try:
        yield
    except _MISSING as error:
        raise ObjectMissing from error
    except (OSError, BaseError) as error:
        number = getattr(error, "errno", None)
        log.error("storage failed", kind=type(error).__name__, errno=errno.errorcode.get(number or 0))
        if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull from error
        raise StorageDown from error
