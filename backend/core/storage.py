"""Objects (photos, originals) in a folder or in a bucket of S3; which one, STORAGE_URL says.

A path is made by us from ids and digests, never by a user. Credentials of a bucket come from the environment, as
obstore reads it (AWS_ACCESS_KEY_ID, AWS_ENDPOINT, …).
"""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.store import S3Store

from backend.core.settings import settings
from backend.core.storage_folder import Folder
from backend.core.storage_place import Place


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
