"""Answers to rows as CSV, made while they are being sent."""

import csv
import io
from collections.abc import AsyncIterator, Iterable

from backend.laboratory.csv_cells import harmless
from backend.laboratory.import_schemas import ImportRow

CSV = "text/csv"
COLUMNS = (
    *("line", "outcome", "sample", "analyte", "comparator", "value", "unit", "verdict", "instrument_verdict"),
    *("reason", "sheet", "column", "held", "disagrees", "calibration", "result_id", "sample_id"),
)
"""Of the CSV; the names are the JSON's."""
AT_ONCE = 500


async def as_csv(rows: AsyncIterator[ImportRow]) -> AsyncIterator[bytes]:
    """UTF-8 with its mark, so that Excel reads Chinese."""
    yield ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
    async for several in _several(rows):
        written = io.StringIO(newline="")
        csv.writer(written).writerows([harmless(getattr(row, name)) for name in COLUMNS] for row in several)
        yield written.getvalue().encode()


async def each(rows: Iterable[ImportRow]) -> AsyncIterator[ImportRow]:
    """Rows at hand."""
    for row in rows:
        yield row


async def _several(rows: AsyncIterator[ImportRow]) -> AsyncIterator[list[ImportRow]]:
    held: list[ImportRow] = []
    async for row in rows:
        held.append(row)
        if len(held) == AT_ONCE:
            yield held
            held = []
    if held:
        yield held
