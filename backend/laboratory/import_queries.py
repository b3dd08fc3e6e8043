"""Rows of imports: one written, one finished, those that somebody sees."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.laboratory.import_tables import ImportFile
from backend.laboratory.import_work import RunTold

Row = Mapping[str, Any]

SHOWN = """
i.*, u.name AS unit_name, u.public_phone AS unit_phone, p.name AS by_name, n.serial,
(SELECT count(*) FROM laboratory_sample s WHERE s.state = 'held' AND s.unit = i.unit AND s.received_at = i.received_at)
    AS held,
(SELECT o.id FROM laboratory_import o WHERE o.unit = i.unit AND o.sha256 = i.sha256 AND o.received_at < i.received_at
 AND NOT o.dry_run ORDER BY o.received_at LIMIT 1) AS same_as
"""
JOINED = """
laboratory_import i JOIN people_unit u ON u.id = i.unit JOIN territory_division v ON v.id = u.division
LEFT JOIN people_person p ON p.id = i.by LEFT JOIN laboratory_instrument n ON n.id = i.instrument
"""


async def add(row: ImportFile) -> bool:
    """Write it; false where the id is taken."""
    return bool(await ImportFile.insert(row).on_conflict(target=ImportFile.id, action="DO NOTHING"))


async def of_id(import_id: UUID) -> Row | None:
    """One, as `SHOWN`, whoever asks."""
    return await fetch_row(f"SELECT {SHOWN} FROM {JOINED} WHERE i.id = $1", import_id)


async def begin(import_id: UUID, at: datetime) -> None:
    """It runs, from its first row; also when it ran before and its process died."""
    await fetch(
        "UPDATE laboratory_import SET state = 'running', started_at = $2, read_n = 0, stored_n = 0, duplicate_n = 0, "
        "refused_n = 0 WHERE id = $1",
        import_id,
        at,
    )


async def finish(import_id: UUID, **columns: Any) -> None:
    """It has ended; columns as the table calls them."""
    names = list(columns)
    assigned = ", ".join(f'"{name}" = ${i}' for i, name in enumerate(names, start=2))
    await fetch(f"UPDATE laboratory_import SET {assigned} WHERE id = $1", import_id, *columns.values())


async def run_of(run_id: UUID, units: Sequence[UUID]) -> RunTold | None:
    """A run of one of these desks."""
    row = await fetch_row(
        "SELECT id, blank_delta, invalid_reasons FROM laboratory_run WHERE id = $1 AND unit = ANY($2::uuid[])",
        run_id,
        list(units),
    )
    return row and RunTold(id=row["id"], blank_delta=row["blank_delta"], invalid_reasons=tuple(row["invalid_reasons"]))


async def instrument_of(instrument_id: UUID, units: Sequence[UUID]) -> Row | None:
    """Serial and parser profile of an instrument of one of these desks."""
    return await fetch_row(
        "SELECT serial, profile FROM laboratory_instrument WHERE id = $1 AND unit = ANY($2::uuid[])",
        instrument_id,
        list(units),
    )
