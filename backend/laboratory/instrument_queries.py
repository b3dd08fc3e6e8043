"""Reads of instruments: whose they are, how they stand, how much they measured."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases.schemas import UnitShown
from backend.core import statements
from backend.core.clock import today
from backend.core.database import fetch, fetch_row
from backend.core.paging import Page, page, position_of
from backend.core.statements import Conditions
from backend.laboratory.calibration_rules import Standing
from backend.laboratory.calibrations import standings
from backend.laboratory.instrument_refusals import InstrumentUnknown
from backend.laboratory.instrument_schemas import InstrumentRecord
from backend.laboratory.visibility import LabReader, reader
from backend.laboratory.words import Method
from backend.people.actors import Actor

Row = Mapping[str, Any]

_INSTRUMENTS = """
SELECT i.*, u.name AS unit_name, u.public_phone AS unit_phone, v.code AS division_code
FROM laboratory_instrument i JOIN people_unit u ON u.id = i.unit JOIN territory_division v ON v.id = u.division
"""


class Place(Struct, frozen=True, array_like=True):
    """The place of an instrument in a list sorted by serial."""

    serial: str


async def get(*, instrument_id: UUID, by: Actor) -> InstrumentRecord:
    """An instrument as it is today. Raises InstrumentUnknown (404)."""
    return (await shown([await visible(instrument_id, by=by)]))[0]


async def list_instruments(
    *,
    by: Actor,
    unit_id: UUID | None = None,
    registered: bool | None = None,
    retired: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[InstrumentRecord]:
    """Those that `by` sees, by serial.

    registered   only those that are, or only those that files alone told of
    retired      those that measure no more, instead of those that do
    """
    asked, after = Conditions(), position_of(cursor, Place)
    asked.parts.append(seen_by(await reader(by), asked))
    asked.parts.append(f"i.retired_at IS {'NOT ' if retired else ''}NULL")
    if unit_id is not None:
        asked.add("i.unit = {}", unit_id)
    if registered is not None:
        asked.parts.append(f"i.registered_at IS {'NOT ' if registered else ''}NULL")
    if after is not None:
        asked.add("i.serial > {}", after.serial)
    rows = await fetch(f"{_INSTRUMENTS} WHERE {asked.sql} ORDER BY i.serial LIMIT {limit + 1}", *asked.values)
    cut = page(rows, limit, lambda row: Place(row["serial"]))
    return Page(await shown(cut.items), cut.next_cursor)


async def visible(instrument_id: UUID, *, by: Actor, lock: bool = False) -> Row:
    """Its row, with unit_name, unit_phone and division_code; `lock` holds it. Raises InstrumentUnknown (404)."""
    asked = Conditions(instrument_id)
    seen = seen_by(await reader(by), asked)
    held = " FOR UPDATE OF i" if lock else ""
    row = await fetch_row(f"{_INSTRUMENTS} WHERE i.id = $1 AND {seen}{held}", *asked.values)
    if row is None:
        raise InstrumentUnknown("There is no instrument {id}.", id=str(instrument_id))
    return row


def seen_by(reading: LabReader, asked: Conditions, *, unit: str = "i.unit", code: str = "v.code") -> str:
    """That somebody sees what stands at a unit in a division: who tests there, his experts, who oversees the place."""
    tests = f"{unit} = ANY({asked.value(list(reading.tests))}::uuid[])"
    return f"({tests} OR {statements.passing_under(code, reading.oversees, asked.value)})"


async def shown(rows: Sequence[Row]) -> list[InstrumentRecord]:
    """Rows of `visible` as records."""
    told = await standings([row["id"] for row in rows])
    measured = await _measured(row["id"] for row in rows)
    return [_record(row, told[row["id"]], measured.get(row["id"])) for row in rows]


async def _measured(instrument_ids: Iterable[UUID]) -> dict[UUID, Row]:
    rows = await fetch(
        "SELECT instrument, count(*) AS results_n, max(received_at) AS last_result_at FROM laboratory_result "
        "WHERE instrument = ANY($1::uuid[]) GROUP BY instrument",
        list(instrument_ids),
    )
    return {row["instrument"]: row for row in rows}


def _record(row: Row, told: Standing, measured: Row | None) -> InstrumentRecord:
    day = today()
    newest, answered = told.newest(day), told.override(day)
    return InstrumentRecord(
        id=row["id"],
        serial=row["serial"],
        unit=UnitShown(row["unit"], row["unit_name"], row["unit_phone"]),
        maker=row["maker"],
        model=row["model"],
        method=Method(row["method"]),
        firmware=row["firmware"],
        profile=row["profile"],
        registered=row["registered_at"] is not None,
        first_seen_at=row["first_seen_at"],
        calibration=told.on(day),
        calibrated_on=newest.done_on if newest else None,
        calibration_due_on=newest.due_on if newest else None,
        certificate=newest.certificate if newest else None,
        overridden_until=answered.until_on if answered else None,
        override_reason=answered.reason if answered else None,
        live=row["live_key_sealed"] is not None,
        results_n=measured["results_n"] if measured else 0,
        last_result_at=measured["last_result_at"] if measured else None,
        retired_at=row["retired_at"],
    )
