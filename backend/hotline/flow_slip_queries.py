"""The SQL of flow slips."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from backend.cases.schemas import UnitShown
from backend.core.database import connection, fetch, fetch_row
from backend.core.paging import Position
from backend.hotline.flow_slip_schemas import FlowSlipRecord
from backend.hotline.paper_numbers import SLIP, said

_SELECT = """
SELECT s.id, s.number, s.unit, u.name AS unit_name, u.public_phone, d.code AS division_code, s.printed_at, s.begun_at,
       s."case" AS case_id, c.number AS case_number, s.voided_at, s.arguments_digest
FROM hotline_flow_slip s JOIN people_unit u ON u.id = s.unit JOIN territory_division d ON d.id = u.division
LEFT JOIN cases_case c ON c.id = s."case"
"""
_SAME = ("id", "number", "printed_at", "begun_at", "case_id", "case_number", "voided_at")


async def hold_printing(id: UUID) -> None:
    """One at a time under this id, until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock($1)", id.int >> 65)


async def printed(id: UUID) -> Any:
    """The first slip that was printed under an id."""
    return await fetch_row(f"{_SELECT} WHERE s.id = $1", slip_id(id, 1))


async def print_many(id: UUID, slips_n: int, *, unit_id: UUID, by: UUID, digest: bytes, at: datetime) -> None:
    """As many as asked for, under numbers that follow each other."""
    numbers = await fetch("SELECT nextval('hotline_slip_number') AS n FROM generate_series(1, $1)", slips_n)
    async with connection() as acquired:
        await acquired.executemany(
            "INSERT INTO hotline_flow_slip (id, number, unit, printed_at, printed_by, arguments_digest) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            [
                (slip_id(id, n), said(SLIP, row["n"]), unit_id, at, by, digest)
                for n, row in enumerate(sorted(numbers, key=lambda row: row["n"]), 1)
            ],
        )


def slip_id(id: UUID, n: int) -> UUID:
    """The id of the nth slip that was printed under an id."""
    return uuid5(id, f"slip {n}")


async def together(id: UUID, slips_n: int) -> list[FlowSlipRecord]:
    """All that were printed under an id."""
    ids = [slip_id(id, n) for n in range(1, slips_n + 1)]
    return [record(row) for row in await fetch(f"{_SELECT} WHERE s.id = ANY($1) ORDER BY s.number", ids)]


async def slip(number: str, *, lock: bool = False) -> Any:
    """A row of `record`, held to the transaction's end with `lock`."""
    return await fetch_row(f"{_SELECT} WHERE s.number = $1{' FOR UPDATE OF s' if lock else ''}", number)


async def change(slip_id: UUID, **columns: Any) -> None:
    """Change these columns of one whose row is held."""
    told = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(columns, 2))
    await fetch(f"UPDATE hotline_flow_slip SET {told} WHERE id = $1", slip_id, *columns.values())


async def page(unit_id: UUID, *, waiting: bool | None, limit: int, after: Position | None) -> Sequence[FlowSlipRecord]:
    """Up to `limit` + 1 of a unit, the last printed first."""
    is_waiting = 's."case" IS NULL AND s.voided_at IS NULL'
    rows = await fetch(
        f"{_SELECT} WHERE s.unit = $1 AND ($2::boolean IS NULL OR ({is_waiting}) = $2) "
        f"AND ($3::timestamptz IS NULL OR (s.printed_at, s.id) < ($3, $4)) "
        f"ORDER BY s.printed_at DESC, s.id DESC LIMIT {limit + 1}",
        *(unit_id, waiting, after and after.at, after and after.id),
    )
    return [record(row) for row in rows]


def record(row: Any) -> FlowSlipRecord:
    """A slip as it is shown."""
    return FlowSlipRecord(
        **{name: row[name] for name in _SAME}, unit=UnitShown(row["unit"], row["unit_name"], row["public_phone"])
    )


async def cases_among(ids: Sequence[UUID]) -> set[UUID]:
    """Those of these ids that are cases'."""
    return {row["id"] for row in await fetch("SELECT id FROM cases_case WHERE id = ANY($1)", list(ids))}


async def printed_with(slip_id: UUID) -> list[FlowSlipRecord]:
    """All that were printed at once with one, by number."""
    rows = await fetch(
        f"{_SELECT} JOIN hotline_flow_slip one ON (one.unit, one.printed_at, one.printed_by) = "
        "(s.unit, s.printed_at, s.printed_by) WHERE one.id = $1 ORDER BY s.number",
        slip_id,
    )
    return [record(row) for row in rows]
