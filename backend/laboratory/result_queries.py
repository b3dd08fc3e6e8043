"""Results as they are read: raw SQL over results `r` of samples `s`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.laboratory.visibility import Conditions, LabReader
from backend.laboratory.words import Verdict

Row = Mapping[str, Any]

SHOWN = """
SELECT r.*, s.code AS sample_code, s.unit AS sample_unit, s.run_kind, s.division_code, s.kind AS sample_kind,
       i.serial AS instrument_serial, p.name AS reviewed_by_name
FROM laboratory_result r JOIN laboratory_sample s ON s.id = r.sample
LEFT JOIN laboratory_instrument i ON i.id = r.instrument LEFT JOIN people_person p ON p.id = r.reviewed_by
"""


async def one(result_id: UUID) -> Row | None:
    """A result, whoever asks."""
    return await fetch_row(f"{SHOWN} WHERE r.id = $1", result_id)


async def read_by(result_id: UUID, reader: LabReader) -> Row | None:
    """A result that he reads; null where there is none, where he does not see the sample, or not what was found."""
    asked = Conditions(result_id)
    where = f"r.id = $1 AND {asked.seen_by(reader)} AND {asked.read_by(reader)}"
    return await fetch_row(f"{SHOWN} WHERE {where}", *asked.values)


async def several(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Results in the order of their ids here."""
    return await fetch(
        f"{SHOWN} WHERE r.id = ANY($1::uuid[]) ORDER BY array_position($1::uuid[], r.id)", list(result_ids)
    )


async def judgements_of(result_id: UUID) -> Sequence[Row]:
    """Judgements of before and beside, the newest first."""
    return await fetch(
        """
        SELECT j.because, j.judgement, j.at, j.by, p.name AS by_name
        FROM laboratory_judgement j LEFT JOIN people_person p ON p.id = j.by
        WHERE j.result = $1 ORDER BY j.at DESC, j.id DESC
        """,
        result_id,
    )


async def review(result_id: UUID, *, by: UUID, at: Any) -> None:
    """He looked at it and lets it stand; whoever did so first stays."""
    await fetch(
        "UPDATE laboratory_result SET reviewed_by = $2, reviewed_at = $3 WHERE id = $1 AND reviewed_by IS NULL",
        *(result_id, by, at),
    )


async def desk_of(sample_id: UUID) -> UUID | None:
    """The unit that tests a sample."""
    row = await fetch_row("SELECT unit FROM laboratory_sample WHERE id = $1", sample_id)
    return row["unit"] if row else None


class Filters(Struct, frozen=True, kw_only=True):
    """What a list of results asks for; since and until are days in Shandong, both included."""

    sample_id: UUID | None = None
    unit_id: UUID | None = None
    verdict: Verdict | None = None
    analyte: str | None = None
    import_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    disagrees: bool | None = None


_EQUAL = {
    "sample_id": "r.sample = {}",
    "verdict": "r.verdict = {}",
    "analyte": "{} IN (r.analyte, r.analyte_text)",
    "import_id": "r.import_file = {}",
    "since": "r.received_at >= {}::date::timestamp AT TIME ZONE 'Asia/Shanghai'",
    "until": "r.received_at < ({}::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'",
    "disagrees": "r.instrument_disagrees = {}",
}

_WITH_RESULTS = "SELECT u.id FROM people_unit u WHERE EXISTS (SELECT 1 FROM laboratory_result r WHERE r.unit = u.id)"


async def found(reader: LabReader, filters: Filters, *, limit: int, after: Position | None) -> Sequence[Row]:
    """Ids and moments of the results that he reads, the newest first.

    Unit by unit, each in its index until the page is full: one order over all units would sort the whole county.
    """
    asked = Conditions()
    asked.parts += [asked.seen_by(reader), asked.read_by(reader)]
    for name, sql in _EQUAL.items():
        if (value := getattr(filters, name)) is not None:
            asked.add(sql, value)
    if after:
        asked.add("(r.received_at, r.id) < ({}, {})", after.at, after.id)
    units = f"SELECT {asked.value(filters.unit_id)}::uuid AS id" if filters.unit_id else _WITH_RESULTS
    most = asked.value(limit)
    return await fetch(
        f"""
        SELECT n.id, n.received_at FROM ({units}) u CROSS JOIN LATERAL (
            SELECT r.id, r.received_at FROM laboratory_result r JOIN laboratory_sample s ON s.id = r.sample
            WHERE r.unit = u.id AND {asked.sql}
            ORDER BY r.received_at DESC, r.id DESC LIMIT {most}
        ) n ORDER BY n.received_at DESC, n.id DESC LIMIT {most}
        """,
        *asked.values,
    )
