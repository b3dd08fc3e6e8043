"""Objects (photos, originals) in a folder or in a bucket of S3; which one, STORAGE_URL says.

`put` returns when the bytes are on disk: obstore's folder store renames but never flushes, so a folder is written here,
file and directory both; S3 confirms only what it keeps. A path is made by us from ids and digests, never by a user.
Credentials of a bucket come from the environment, as obstore reads it (AWS_ACCESS_KEY_ID, AWS_ENDPOINT, …).
"""

import asyncio
import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
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
    await _place(settings().storage).put(path, content)


async def get(path: str) -> bytes:
    """The bytes under a path. Raises ObjectMissing, StorageDown."""
    return await _place(settings().storage).get(path)


async def delete(path: str) -> None:
    """Take away what is under a path; nothing there is no mistake. Raises StorageDown."""
    await _place(settings().storage).delete(path)


async def exists(path: str) -> bool:
    """Whether something is stored under a path. Raises StorageDown."""
    return await _place(settings().storage).exists(path)


class Place:
    """Where objects lie: an obstore store, which confirms a write only when it keeps it."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, path: str, content: bytes) -> None:
        with _as_refusals():
            await obstore.put_async(self._store, _checked(path), content)

    async def get(self, path: str) -> bytes:
        with _as_refusals():
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


class Folder(Place):
    """A folder on this machine, or on a file system that several machines share and that honours fsync."""

    def __init__(self, root: Path) -> None:
        _make_durably(root)
        super().__init__(LocalStore(root))
        self._root = root

    async def put(self, path: str, content: bytes) -> None:
        with _as_refusals():
            await asyncio.to_thread(_write_durably, self._root, _checked(path), content)

    async def delete(self, path: str) -> None:
        with _as_refusals():
            await asyncio.to_thread(_unlink_durably, self._root / _checked(path))


@cache
def _place(url: str) -> Place:
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
    target = root / path
    _make_durably(target.parent)
    draft = target.with_name(f".{uuid4().hex}.part")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


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
