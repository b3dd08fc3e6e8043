"""The answer to a file: its rows in the reader's language, and their counts."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from backend.laboratory import import_evidence
from backend.laboratory.import_queries import Row
from backend.laboratory.import_rows import RowTold, row_of, shown
from backend.laboratory.import_schemas import ImportAnswer
from backend.laboratory.profiles import ANY
from backend.laboratory.reading_files import Found
from backend.laboratory.refusals_imports import OriginalGone
from backend.laboratory.words import RowOutcome


def answer_to(rows: Sequence[RowTold], found: Found, *, reads: bool, serial: str | None) -> ImportAnswer:
    """To a file that was only tried."""
    profile = found.profile.name if found.profile is not ANY else None
    encoding = found.encoding.name if found.encoding else None
    return _answer(rows, reads=reads, dry_run=True, profile=profile, encoding=encoding, instrument_serial=serial)


async def answer_of(row: Row, *, reads: bool) -> ImportAnswer:
    """To one that has ended. Raises OriginalGone (410)."""
    rows = [each async for each, _ in rows_of(row)]
    return _answer(
        rows,
        reads=reads,
        id=row["id"],
        dry_run=row["dry_run"],
        profile=row["profile"],
        encoding=row["encoding"],
        instrument_serial=row["serial"],
    )


async def rows_of(row: Row, *, start: int = 0) -> AsyncIterator[tuple[RowTold, int]]:
    """The kept answers of an import from a place on, each with the place behind it. Raises OriginalGone (410)."""
    if row["rows_path"] is None:
        return
    if row["key_sealed"] is None:
        raise OriginalGone
    left, at = b"", start
    async for piece in import_evidence.rows(
        row["rows_path"], key=import_evidence.open_key(row["key_sealed"]), start=start
    ):
        *lines, left = (left + piece).split(b"\n")
        for line in lines:
            at += len(line) + 1
            yield row_of(line), at


def _answer(rows: Sequence[RowTold], *, reads: bool, **more: object) -> ImportAnswer:
    counted = Counter(row.outcome for row in rows)
    held: set[UUID | None] = {row.sample_id for row in rows if row.held and row.outcome is RowOutcome.STORED}
    return ImportAnswer(
        stored=counted[RowOutcome.STORED],
        duplicate=counted[RowOutcome.DUPLICATE],
        refused=counted[RowOutcome.REFUSED],
        rows=[shown(row, reads=reads) for row in rows],
        cut_off=any(row.code == "cut_off" for row in rows),
        held=len(held),
        **more,  # type: ignore[arg-type]
    )
