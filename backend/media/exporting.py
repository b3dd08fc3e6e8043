"""The photos of a query as one ZIP, written while it is sent: no copy of it anywhere, one photo in memory at a time.

Its length is told before the first byte, so that a browser shows how far it is: copies are stored, not packed, and
their sizes are known. A photo that goes missing meanwhile breaks the download off; a shorter archive would look whole.
"""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import StringIO
from typing import Any

import msgspec
from msgspec import Struct
from zipstream import ZipStream

from backend.core import clock
from backend.core.refusals import TooLarge
from backend.media import contents, queries
from backend.media.facts import SIZES
from backend.media.filters import PhotoFilters
from backend.people.actors import Scope

MOST = 50_000
COPY = str(SIZES[0])
READ_WITHIN_S = 60
AT_ONCE = 4

_COLUMNS = (
    *("photo_id", "received_at", "taken_at", "record_kind", "record_id", "division_code", "reasons", "width", "height"),
    *("longitude", "latitude", "camera", "sha256", "file_name"),
)


class Export(Struct, frozen=True):
    """`size_bytes` is null where it holds photos from before sizes were kept."""

    photos: int
    size_bytes: int | None
    chunks: AsyncIterator[bytes]


async def export_photos(*, scope: Scope, filters: PhotoFilters) -> Export:
    """Every accepted photo of a query, the oldest first, and `photos.csv` that says what they are.

    Raises TooLarge (413) over 50,000 photos.
    """
    rows = await queries.shown_photos(scope=scope, filters=filters, most=MOST)
    if len(rows) > MOST:
        raise TooLarge("These are more than {most} photos: choose fewer days, or a smaller place.", most=MOST)
    sizes = [_size(row) for row in rows]
    sized = all(size is not None for size in sizes)
    archive = ZipStream(sized=sized)
    archive.add(_table(rows), "photos.csv")
    loop = asyncio.get_running_loop()
    for row, size in zip(rows, sizes, strict=True):
        archive.add(_content(row, loop), name_of(row), size=size)
    return Export(len(rows), len(archive) if sized else None, _chunks(archive, loop))


def name_of(row: Mapping[str, Any]) -> str:
    """Sorted by time in any file manager: `2026-11-20_153312_0193….jpg`, on a wall clock in Shandong."""
    when = clock.local(row["taken_at"] or row["received_at"])
    return f"{when:%Y-%m-%d_%H%M%S}_{row['id']}.jpg"


def _size(row: Mapping[str, Any]) -> int | None:
    sizes = row["copy_sizes"]
    return msgspec.json.decode(sizes, type=dict[str, int]).get(COPY) if sizes else None


def _content(row: Mapping[str, Any], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """Read when the archive comes to it, from the archive's own thread."""
    yield asyncio.run_coroutine_threadsafe(contents.copy(row, COPY), loop).result(READ_WITHIN_S)


async def _chunks(archive: ZipStream, loop: asyncio.AbstractEventLoop) -> AsyncIterator[bytes]:
    written = iter(archive)
    while chunk := await loop.run_in_executor(_threads(), next, written, b""):
        yield chunk


@cache
def _threads() -> ThreadPoolExecutor:
    """Of its own: its threads wait for the loop, and the loop's own threads must not wait for them."""
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="export")


def _table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """With a byte order mark, or a spreadsheet reads Chinese as something else."""
    written = StringIO()
    table = csv.writer(written)
    table.writerow(("file", *_COLUMNS))
    table.writerows((name_of(row), *(_cell(_fields(row)[name]) for name in _COLUMNS)) for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "photo_id": row["id"],
        "received_at": clock.local(row["received_at"]).isoformat(timespec="seconds"),
        "taken_at": row["taken_at"] and clock.local(row["taken_at"]).isoformat(timespec="seconds"),
        "record_kind": row["claimed_kind"],
        "record_id": row["claimed_id"],
        "reasons": " ".join(row["reasons"]),
        "camera": " ".join(filter(None, (row["camera_make"], row["camera_model"]))),
        "sha256": row["original"].hex(),
    }


def _cell(value: Any) -> Any:
    """A text that begins like a formula is none."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value
