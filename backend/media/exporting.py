"""The photos of a query as one ZIP, and a table that says what they are."""

import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from io import StringIO
from typing import Any

from msgspec import Struct

from backend.core import clock
from backend.core.refusals import TooLarge
from backend.media import queries
from backend.media.archives import Entry, archive_of
from backend.media.filters import PhotoFilters
from backend.people.actors import Scope

MOST = 50_000

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
    archive = archive_of({"photos.csv": _table(rows)}, [Entry(name_of(row), row) for row in rows])
    return Export(len(rows), archive.size_bytes, archive.chunks)


def name_of(row: Mapping[str, Any]) -> str:
    """Sorted by time in any file manager: `2026-11-20_153312_0193….jpg`, on a wall clock in Shandong."""
    when = clock.local(row["taken_at"] or row["received_at"])
    return f"{when:%Y-%m-%d_%H%M%S}_{row['id']}.jpg"


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
