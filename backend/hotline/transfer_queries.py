"""The SQL of transfers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.schemas import PersonShown, UnitShown
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.hotline.paper_numbers import TRANSFER, said
from backend.hotline.transfer_schemas import NewTransfer, Responsible, TransferRecord
from backend.hotline.words import Line, TransferState
from backend.people.actors import Scope

_SELECT = """
SELECT t.id, t.number, t.line, t.call, t."case", c.number AS case_number, t.unit, u.name AS unit_name, u.public_phone,
       t.division_code, t.state, t.reason, t.their_reference, t.their_desk, t.offered_at, t.offered_by,
       p.name AS offered_by_name, t.accepted_at, t.returned_at, t.returned_because, t.closed_at, t.arguments_digest
FROM hotline_transfer t JOIN people_unit u ON u.id = t.unit JOIN people_person p ON p.id = t.offered_by
LEFT JOIN cases_case c ON c.id = t."case"
"""
_SAME = ("id", "division_code", "reason", "their_reference", "their_desk", "offered_at", "accepted_at", "returned_at")


async def call(call_id: UUID) -> Any:
    """The desk, place and case of a call."""
    return await fetch_row('SELECT unit, division_code, "case" FROM hotline_call WHERE id = $1', call_id)


async def unit_division(unit_id: UUID) -> str | None:
    """The code of an open unit's division."""
    row = await fetch_row(
        "SELECT d.code FROM people_unit u JOIN territory_division d ON d.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )
    return row["code"] if row else None


async def insert(
    new: NewTransfer, *, id: UUID, unit_id: UUID, division_code: str, digest: bytes, by: UUID, at: datetime
) -> bool:
    """Whether it is new."""
    made = await fetch_row(
        'INSERT INTO hotline_transfer (id, line, number, call, "case", unit, division_code, state, reason, their_desk, '
        "offered_at, offered_by, arguments_digest) "
        "SELECT $1, $2, nextval('hotline_transfer_number'), $3, $4, $5, $6, 'offered', $7, $8, $9, $10, $11 "
        "WHERE NOT EXISTS (SELECT FROM hotline_transfer WHERE id = $1) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(id, new.line.value, new.call_id, new.case_id, unit_id, division_code, new.reason.strip(), new.their_desk),
        *(at, by, digest),
    )
    return made is not None


async def transfer(transfer_id: UUID, *, lock: bool = False) -> Any:
    """A row of `record`, held to the transaction's end with `lock`."""
    return await fetch_row(f"{_SELECT} WHERE t.id = $1{' FOR UPDATE OF t' if lock else ''}", transfer_id)


async def move(transfer_id: UUID, **columns: Any) -> None:
    """Change these columns of one whose row is held."""
    told = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
    await fetch(f"UPDATE hotline_transfer SET {told} WHERE id = $1", transfer_id, *columns.values())


async def page(
    scope: Scope, *, out: bool | None, number: int | None, limit: int, after: Position | None
) -> Sequence[TransferRecord]:
    """Up to `limit` + 1, the newest first."""
    clause, values = scope.clause("t.division_code", 1)
    told: list[Any] = list(values)

    def value(given: Any) -> str:
        told.append(given)
        return f"${len(told)}"

    where = [clause]
    if out is not None:
        where.append(f"t.state {'' if out else 'NOT '}IN ('offered', 'accepted')")
    if number is not None:
        where.append(f"t.number = {value(number)}")
    if after is not None:
        where.append(f"(t.offered_at, t.id) < ({value(after.at)}, {value(after.id)})")
    rows = await fetch(
        f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY t.offered_at DESC, t.id DESC LIMIT {limit + 1}", *told
    )
    return [record(row) for row in rows]


async def of(scope: Scope, *, call_id: UUID | None, case_id: UUID | None) -> Sequence[TransferRecord]:
    """Of a call or of a case, the newest first."""
    clause, values = scope.clause("t.division_code", 3)
    rows = await fetch(
        f'{_SELECT} WHERE (t.call = $1 OR t."case" = $2) AND {clause} ORDER BY t.offered_at DESC, t.id DESC',
        *(call_id, case_id, *values),
    )
    return [record(row) for row in rows]


def record(row: Any) -> TransferRecord:
    """A transfer as it is shown."""
    state, line = TransferState(row["state"]), Line(row["line"])
    theirs = state in (TransferState.ACCEPTED, TransferState.CLOSED)
    return TransferRecord(
        **{name: row[name] for name in _SAME},
        **{name: row[name] for name in ("returned_because", "closed_at", "case_number")},
        reference=said(TRANSFER, row["number"]),
        line=line,
        call_id=row["call"],
        case_id=row["case"],
        unit=UnitShown(row["unit"], row["unit_name"], row["public_phone"]),
        state=state,
        responsible=Responsible.THE_LINE if theirs else Responsible.US,
        responsible_name=line.value if theirs else row["unit_name"],
        offered_by=PersonShown(row["offered_by"], row["offered_by_name"]),
    )
