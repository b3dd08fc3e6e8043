"""Photos as one ZIP, written while it is sent: no copy of it anywhere, one photo in memory at a time.

Its length is told before the first byte, so that a browser shows how far it is: copies are stored, not packed, and
their sizes are known. A photo that goes missing meanwhile breaks the download off; a shorter archive would look whole.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from zipstream import ZipStream

from backend.media import contents
from backend.media.facts import SIZES

COPY = str(SIZES[0])
READ_WITHIN_S = 60
AT_ONCE = 4


class Entry(Struct, frozen=True):
    """An accepted photo under a name: its row out of `queries.PHOTO`."""

    name: str
    row: Mapping[str, Any]


class Archive(Struct, frozen=True):
    """`size_bytes` is null where it holds photos from before sizes were kept."""

    size_bytes: int | None
    chunks: AsyncIterator[bytes]


def archive_of(
    texts: Mapping[str, bytes], photos: Sequence[Entry], *, checked: Callable[[bytes], bytes] = bytes
) -> Archive:
    """A ZIP of texts by name and of photos' largest copies.

    checked   sees each copy before it goes in; what it raises breaks the download off
    """
    loop, sizes = asyncio.get_running_loop(), [_size(each.row) for each in photos]
    sized = all(size is not None for size in sizes)
    archive = ZipStream(sized=sized)
    for name, text in texts.items():
        archive.add(text, name)
    for each, size in zip(photos, sizes, strict=True):
        archive.add(_content(each.row, loop, checked), each.name, size=size)
    return Archive(len(archive) if sized else None, _chunks(archive, loop))


def _size(row: Mapping[str, Any]) -> int | None:
    sizes = row["copy_sizes"]
    return msgspec.json.decode(sizes, type=dict[str, int]).get(COPY) if sizes else None


def _content(
    row: Mapping[str, Any], loop: asyncio.AbstractEventLoop, checked: Callable[[bytes], bytes]
) -> Iterator[bytes]:
    """Read when the archive comes to it, from the archive's own thread."""
    yield checked(asyncio.run_coroutine_threadsafe(contents.copy(row, COPY), loop).result(READ_WITHIN_S))


async def _chunks(archive: ZipStream, loop: asyncio.AbstractEventLoop) -> AsyncIterator[bytes]:
    written = iter(archive)
    while (chunk := await loop.run_in_executor(_threads(), next, written, None)) is not None:
        yield chunk  # an empty one too: it is of an empty text, and not the end


@cache
def _threads() -> ThreadPoolExecutor:
    """Of its own: its threads wait for the loop, and the loop's own threads must not wait for them."""
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="export")
