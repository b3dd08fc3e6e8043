"""The SQL of dissatisfied firms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.schemas import PersonShown, UnitShown
from backend.cases.words import CaseState
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.deadlines.schemas import ClockRecord
from backend.hotline.firm_schemas import EnterpriseCaseRecord
from backend.hotline.words import FirmCaseState
from backend.people.actors import Scope

_SELECT = """
SELECT f.id, f."case" AS case_id, c.number AS case_number, c.state AS case_state, c.assignee_unit, c.owner_unit, f.firm,
       f.division_code, f.desk, u.name AS desk_name, u.public_phone, f.state, f.opened_at, f.opened_by,
       o.name AS opened_by_name, f.endorsement, f.endorsed_at, f.endorsed_by, e.name AS endorsed_by_name, f.result,
       f.closed_at, f.arguments_digest
FROM hotline_firm_case f JOIN cases_case c ON c.id = f."case" JOIN people_unit u ON u.id = f.desk
LEFT JOIN people_person o ON o.id = f.opened_by LEFT JOIN people_person e ON e.id = f.endorsed_by
"""
_SAME = ("id", "case_id", "case_number", "firm", "division_code", "opened_at", "endorsement", "endorsed_at", "result")


async def insert(
    *, id: UUID, case_id: UUID, firm: str, division_code: str, desk: UUID, by: UUID, digest: bytes, at: datetime
) -> bool:
    """Whether it is new; neither where its id stands for another, nor where the case has one."""
    made = await fetch_row(
        'INSERT INTO hotline_firm_case (id, "case", firm, division_code, desk, state, opened_at, opened_by, '
        "arguments_digest) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
        *(id, case_id, firm, division_code, desk, at, by, digest),
    )
    return made is not None


async def firm_case(firm_case_id: UUID, *, lock: bool = False) -> Any:
    """A row of `record`, held to the transaction's end with `lock`."""
    return await fetch_row(f"{_SELECT} WHERE f.id = $1{' FOR UPDATE OF f' if lock else ''}", firm_case_id)


async def of_case(case_id: UUID) -> Any:
    """The one of a case, as a row of `record`."""
    return await fetch_row(f'{_SELECT} WHERE f."case" = $1', case_id)


async def move(firm_case_id: UUID, **columns: Any) -> None:
    """Change these columns of one whose row is held."""
    told = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
    await fetch(f"UPDATE hotline_firm_case SET {told} WHERE id = $1", firm_case_id, *columns.values())


async def page(
    scope: Scope, *, desks: Sequence[UUID], state: FirmCaseState | None, limit: int, after: Position | None
) -> Sequence[Any]:
    """Up to `limit` + 1 rows of a territory or of these desks, the newest first."""
    clause, values = scope.clause("f.division_code", 1)
    told: list[Any] = list(values)

    def value(given: Any) -> str:
        told.append(given)
        return f"${len(told)}"

    where = [f"({clause} OR f.desk = ANY({value(list(desks))}::uuid[]))"]
    if state is not None:
        where.append(f"f.state = {value(state.value)}")
    if after is not None:
        where.append(f"(f.opened_at, f.id) < ({value(after.at)}, {value(after.id)})")
    return await fetch(
        f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY f.opened_at DESC, f.id DESC LIMIT {limit + 1}", *told
    )


def record(row: Any, clocks: list[ClockRecord]) -> EnterpriseCaseRecord:
    """A matter as it is shown."""
    return EnterpriseCaseRecord(
        **{name: row[name] for name in (*_SAME, "closed_at")},
        case_state=CaseState(row["case_state"]),
        desk=UnitShown(row["desk"], row["desk_name"], row["public_phone"]),
        state=FirmCaseState(row["state"]),
        opened_by=_person(row["opened_by"], row["opened_by_name"]),
        endorsed_by=_person(row["endorsed_by"], row["endorsed_by_name"]),
        clocks=clocks,
    )


def _person(id: UUID | None, name: str | None) -> PersonShown | None:
    return PersonShown(id, name or "") if id else None
