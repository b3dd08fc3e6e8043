"""What became of one row: kept as a line of JSON that knows no language, told in the reader's."""

from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core.words import language
from backend.laboratory import import_reasons, naming, unread_reasons
from backend.laboratory.import_schemas import ImportRow
from backend.laboratory.judgement_rows import reasons_of
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.words import Method, RowOutcome

INHIBITION = "cholinesterase_inhibition"
"""What an enzyme test measures, whatever its column is called."""


class RowTold(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One row's answer, as it is kept.

    reasons     of the judgement, as `Result.reasons`
    code, facts   of a repeat or a contradiction (`import_reasons`), or of a row that could not be read
    free        a free test, whose findings are for its desk only
    """

    line: int
    outcome: RowOutcome
    sheet: str | None = None
    sample: str | None = None
    analyte: str | None = None
    comparator: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    word: str | None = None
    theirs: str | None = None
    reasons: msgspec.Raw = msgspec.Raw(b"[]")
    code: str | None = None
    facts: dict[str, Any] = {}
    column: str | None = None
    result_id: UUID | None = None
    sample_id: UUID | None = None
    held: bool = False
    disagrees: bool = False
    calibration: str | None = None
    free: bool = True


_encoder = msgspec.json.Encoder(decimal_format="string")
_decoder = msgspec.json.Decoder(RowTold)
_split = msgspec.json.Decoder(list[msgspec.Raw])


def line_of(row: RowTold) -> bytes:
    """With its line's end."""
    return _encoder.encode(row) + b"\n"


def row_of(line: bytes) -> RowTold:
    """Again."""
    return _decoder.decode(line)


def unread(each: Unread) -> RowTold:
    """A row that could not be read."""
    return RowTold(
        line=each.line,
        sheet=each.sheet,
        outcome=RowOutcome.REFUSED,
        code=each.reason,
        column=each.column,
        facts={"seen": each.seen} if each.seen else {},
    )


def _analyte(reading: Reading) -> str | None:
    """Our code where we have one, the same as the result's; else the text as it stood."""
    found = naming.analyte(reading.analyte) or naming.analyte(reading.analyte_text)
    said = found.code if found else reading.analyte or reading.analyte_text
    return said or (INHIBITION if _inhibits(reading) else None)


def _inhibits(reading: Reading) -> bool:
    return reading.method is Method.ENZYME_INHIBITION


def told(reading: Reading, outcome: RowOutcome, **more: Any) -> RowTold:
    """A row that could be read."""
    return RowTold(
        line=reading.line,
        sheet=reading.sheet,
        outcome=outcome,
        sample=reading.sample_code or reading.sample_name,
        analyte=_analyte(reading),
        comparator=reading.comparator.value,
        value=reading.value,
        unit=reading.unit,
        theirs=reading.instrument_verdict,
        **more,
    )


def shown(row: RowTold, *, reads: bool = True) -> ImportRow:
    """In the reader's language.

    reads   the reader reads what is found at this desk; who does not, of free tests learns only what became of the row
    """
    withheld = not reads and row.free and row.result_id is not None
    return ImportRow(
        line=row.line,
        outcome=row.outcome,
        sample=row.sample,
        analyte=row.analyte,
        comparator=row.comparator,
        value=float(row.value) if row.value is not None and not withheld else None,
        unit=row.unit,
        verdict=None if withheld else row.word,
        instrument_verdict=None if withheld else row.theirs,
        reason=import_reasons.sentence("withheld", {}) if withheld else _reason(row),
        sheet=row.sheet,
        column=row.column,
        result_id=row.result_id,
        sample_id=row.sample_id,
        held=row.held,
        disagrees=row.disagrees and not withheld,
        calibration=row.calibration,
    )


@lru_cache(maxsize=8192)
def _said(_: str, reason: bytes) -> str:
    """A file's rows say the same few things over and over; told by language."""
    return str(reasons_of(b"[%b]" % reason)[0])


def _reason(row: RowTold) -> str:
    if row.code is None:
        return " ".join(_said(language.get(), bytes(each)) for each in _split.decode(row.reasons))
    if row.code in import_reasons.SENTENCES:
        return import_reasons.sentence(row.code, row.facts)
    seen = row.facts.get("seen")
    return unread_reasons.sentence(Unread(line=row.line, reason=row.code, column=row.column, seen=seen))
