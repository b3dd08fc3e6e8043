"""Reads of runs: whose they are, and whether they count."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.cases.schemas import PersonShown, UnitShown
from backend.core.clock import local
from backend.core.database import fetch, fetch_row
from backend.core.paging import Page, Position, page, position
from backend.core.statements import Conditions
from backend.laboratory import run_rules
from backend.laboratory.instrument_queries import seen_by
from backend.laboratory.instrument_schemas import RunRecord
from backend.laboratory.visibility import reader
from backend.laboratory.words import InvalidRun, Method
from backend.people.actors import Actor

Row = Mapping[str, Any]

_RUNS = """
SELECT n.*, i.serial, u.name AS unit_name, u.public_phone AS unit_phone, p.name AS operator_name,
       (SELECT count(*) FROM laboratory_result r WHERE r.run = n.id) AS results_n
FROM laboratory_run n JOIN laboratory_instrument i ON i.id = n.instrument
JOIN people_unit u ON u.id = n.unit JOIN territory_division v ON v.id = u.division
JOIN people_person p ON p.id = n.operator
"""


async def list_runs(
    *,
    by: Actor,
    instrument_id: UUID | None = None,
    unit_id: UUID | None = None,
    valid: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[RunRecord]:
    """Those of the desks that `by` sees, the newest first. since, until: when they began, both included."""
    asked, after = Conditions(), position(cursor)
    asked.parts.append(seen_by(await reader(by), asked, unit="n.unit"))
    given = {
        "n.instrument = {}": instrument_id,
        "n.unit = {}": unit_id,
        "n.valid = {}": valid,
        "n.started_at >= {}": since,
        "n.started_at <= {}": until,
    }
    for sql, value in given.items():
        if value is not None:
            asked.add(sql, value)
    if after is not None:
        asked.add("(n.started_at, n.id) < ({}, {})", after.at, after.id)
    order = f"ORDER BY n.started_at DESC, n.id DESC LIMIT {limit + 1}"
    rows = await fetch(f"{_RUNS} WHERE {asked.sql} {order}", *asked.values)
    cut = page(rows, limit, lambda row: Position(row["started_at"], row["id"]))
    return Page(shown(cut.items), cut.next_cursor)


async def of_id(run_id: UUID) -> RunRecord | None:
    """A run as it is: for verbs that have looked at the scope themselves."""
    row = await fetch_row(f"{_RUNS} WHERE n.id = $1", run_id)
    return _record(row) if row else None


def shown(rows: Sequence[Row]) -> list[RunRecord]:
    """Rows as records."""
    return [_record(row) for row in rows]


def _record(row: Row) -> RunRecord:
    method = Method(row["method"])
    policy = run_rules.window_policy(method, local(row["started_at"]).date())
    return RunRecord(
        id=row["id"],
        instrument_id=row["instrument"],
        instrument_serial=row["serial"],
        unit=UnitShown(row["unit"], row["unit_name"], row["unit_phone"]),
        operator=PersonShown(row["operator"], row["operator_name"]),
        method=method,
        started_at=row["started_at"],
        blank_delta=_float(row["blank_delta"]),
        control_percent=_float(row["control_percent"]),
        control_low=_float(row["control_low"]),
        control_high=_float(row["control_high"]),
        replicates_n=row["replicates_n"],
        replicate_spread_percent=_float(row["replicate_spread_percent"]),
        temperature_c=_float(row["temperature_c"]),
        reagent_lot=row["reagent_lot"],
        note=row["note"],
        valid=row["valid"],
        invalid_reasons=[InvalidRun(each) for each in row["invalid_reasons"]],
        window=(float(policy.blank_delta_low), float(policy.blank_delta_high)) if policy else None,
        window_source=policy.source if policy else None,
        results_n=row["results_n"],
    )


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
