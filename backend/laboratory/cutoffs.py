"""Cut-offs of strips as they stand on their kits: a bench enters them, because none was verified that we could ship."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.cases.reading import person
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError
from backend.core.words import language
from backend.laboratory import limits
from backend.laboratory.cutoff_schemas import CutoffRecord, NewCutoff
from backend.laboratory.naming import analyte
from backend.laboratory.refusals_results import CutoffWrong
from backend.people.actors import Actor
from backend.people.tables import Role

MAY_ENTER = (Role.TECHNICIAN, Role.EXPERT, Role.SUPERVISOR, Role.ADMIN)


@transaction
async def set_cutoff(*, new: NewCutoff, by: Actor) -> Outcome[CutoffRecord]:
    """Enter what stands on a kit; strips of that day on are judged by it. Nothing judged before changes by itself.

    Raises Forbidden (403), CutoffWrong (400), DifferentArguments (409).
    """
    by.must_have(*MAY_ENTER)
    found = analyte(new.analyte)
    if found is None or found.kind != "pesticide":
        raise _wrong("/analyte", "This substance is not in our list of pesticides.")
    id, valid_from = new.id or ids.uuid7(), new.valid_from or clock.today()
    columns = {
        "id": id,
        "analyte": found.code,
        "tc_cutoff": Decimal(str(new.tc_cutoff)),
        "kit": new.kit.strip(),
        "valid_from": valid_from,
        "valid_to": new.valid_to,
        "source": new.source.strip(),
    }
    if new.valid_to is not None and new.valid_to < valid_from:
        raise _wrong("/valid_to", "It ends before it begins.")
    if (stored := await _one(id)) is not None:
        return _again(stored, columns, told=new.valid_from is not None)
    await fetch(_INSERT, *columns.values(), clock.now(), by.person_id)
    limits.forget()
    row = await _one(id)
    assert row is not None  # noqa: S101 - just written
    return Outcome(_record(row), created=True)


def _again(stored: Mapping[str, Any], columns: Mapping[str, Any], *, told: bool) -> Outcome[CutoffRecord]:
    """The same cut-off; a day that was not told is that of the first time."""
    names = [name for name in columns if told or name != "valid_from"]
    if any(stored[name] != columns[name] for name in names):
        raise DifferentArguments("Cut-off {id} was entered with other content; it stays.", id=str(stored["id"]))
    return Outcome(_record(stored), created=False)


async def list_cutoffs(*, on: date | None = None) -> list[CutoffRecord]:
    """Those that count on a day, or all that were ever entered, the newest first."""
    rows = await fetch(
        f"{_SHOWN} WHERE $1::date IS NULL OR (c.valid_from <= $1 AND (c.valid_to IS NULL OR c.valid_to >= $1)) "
        "ORDER BY c.analyte, c.valid_from DESC, c.entered_at DESC",
        on,
    )
    return [_record(row) for row in rows]


async def _one(id: UUID) -> Mapping[str, Any] | None:
    return await fetch_row(f"{_SHOWN} WHERE c.id = $1", id)


_SHOWN = """
SELECT c.*, p.name AS entered_by_name FROM laboratory_strip_cutoff c LEFT JOIN people_person p ON p.id = c.entered_by
"""
_INSERT = """
INSERT INTO laboratory_strip_cutoff
    (id, analyte, tc_cutoff, kit, valid_from, valid_to, source, entered_at, entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


def _record(row: Mapping[str, Any]) -> CutoffRecord:
    found = analyte(row["analyte"])
    name = (found.name_zh if language.get() == "zh" else found.name_en) if found else row["analyte"]
    return CutoffRecord(
        id=row["id"],
        analyte=row["analyte"],
        analyte_name=name,
        tc_cutoff=float(row["tc_cutoff"]),
        kit=row["kit"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        source=row["source"],
        entered_by=person(row["entered_by"], row["entered_by_name"]),
    )


def _wrong(pointer: str, detail: str) -> CutoffWrong:
    return CutoffWrong("The cut-off cannot be like this.", errors=[FieldError(pointer=pointer, detail=detail)])
