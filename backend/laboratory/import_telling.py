"""A file taken in from a terminal: `lianxin lab import` and `lianxin lab watch`."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import msgspec

from backend.core.database import fetch
from backend.core.words import Term, say
from backend.laboratory import import_queries, importing
from backend.laboratory.import_answers import rows_of
from backend.laboratory.import_rows import shown
from backend.laboratory.import_schemas import ImportAnswer, ImportRow, NewImport
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.words import ImportDoor, RowOutcome

Write = Callable[[str], None]


OUTCOMES = {
    RowOutcome.STORED: Term("row stored"),
    RowOutcome.DUPLICATE: Term("row stored before"),
    RowOutcome.REFUSED: Term("row refused"),
}


class DeskUnknown(Exception):
    """No desk, or several, fit what was typed; the message lists those there are."""


async def tell(file: Path, *, told: NewImport, as_json: bool, write: Write) -> bool:
    """Take a file in and print what became of each row; whether anything of it could be read."""
    with file.open("rb") as source:
        outcome = await importing.import_file(
            source, file_name=file.name, told=told, by=None, door=ImportDoor.COMMAND, wait=True
        )
    found = outcome.record
    async for row in _rows(found):
        write(msgspec.json.encode(row).decode() if as_json else line(row))
    counts = {"stored": found.stored, "duplicate": found.duplicate, "refused": found.refused}
    write(msgspec.json.encode(counts | {"id": found.id}).decode() if as_json else say(_COUNTS, **counts))
    return found.stored + found.duplicate > 0


async def _rows(found: importing.Answer) -> AsyncIterator[ImportRow]:
    if isinstance(found, ImportAnswer):
        for each in found.rows:
            yield each
        return
    if row := await import_queries.of_id(found.id):
        async for told, _ in rows_of(row):
            yield shown(told)


def line(row: ImportRow) -> str:
    """One row. A file may not write control sequences to somebody's terminal, nor lines of its own."""
    where = f"{row.sheet}:{row.line}" if row.sheet else str(row.line)
    value = (
        "" if row.value is None else f"{'' if row.comparator == '=' else row.comparator}{row.value:g} {row.unit or ''}"
    )
    verdict = say(TERMS[row.verdict]) if row.verdict in TERMS else row.verdict
    texts = (where, say(OUTCOMES[row.outcome]), row.sample, row.analyte, value, verdict, row.instrument_verdict)
    told = "  ".join(text for text in (*texts, row.reason) if text)
    return "".join(char if char.isprintable() else " " for char in told)


async def desk(said: str | None) -> UUID:
    """The unit that is typed, by id or name; the only studio there is, where nothing is. Raises DeskUnknown."""
    rows = await fetch(_DESKS)
    fits = [row for row in rows if said in (None, row["name"], str(row["id"])) and (said or row["kind"] == "studio")]
    if len(fits) != 1:
        known = ", ".join(f"{row['name']} ({row['id']})" for row in rows[:20])
        raise DeskUnknown(f"Say with --unit which desk it is for. There are: {known}")
    return UUID(str(fits[0]["id"]))


def _(msgid: str) -> str:
    return msgid


_COUNTS = _("{stored} stored, {duplicate} stored before, {refused} refused.")
_DESKS = """
SELECT id, name, kind FROM people_unit WHERE kind IN ('studio', 'station') AND closed_at IS NULL
ORDER BY kind DESC, name
"""
