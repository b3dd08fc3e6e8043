"""Talks with units in the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.core.paging import Position

Row = Mapping[str, Any]

_SHOWN = """
SELECT t.id, t."case" AS case_id, c.number AS case_number, c.division_code, t.unit AS unit_id, u.name AS unit_name,
       t.office, t.held_at, t.recorded_at, t.by, p.name AS by_name, t.reason, t.agreed, t.fix_by, t.fixed_on,
       t.fixed_note, t.arguments_digest
FROM hotline_unit_talk t JOIN cases_case c ON c.id = t."case" JOIN people_unit u ON u.id = t.unit
JOIN people_person p ON p.id = t.by
"""
_COLUMNS = ("id", "case", "unit", "office", "held_at", "recorded_at", "by", "reason", "agreed", "fix_by")


async def insert(row: Mapping[str, Any]) -> bool:
    """A talk; False where its id is there already."""
    names = (*_COLUMNS, "arguments_digest")
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    columns = ", ".join(f'"{name}"' for name in names)
    made = await fetch_row(
        f"INSERT INTO hotline_unit_talk ({columns}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(row[name] for name in names),
    )
    return made is not None


async def talk(talk_id: UUID, *, lock: bool = False) -> Row | None:
    """One talk; with `lock` it stays as it is until the transaction ends."""
    return await fetch_row(f"{_SHOWN} WHERE t.id = $1 {'FOR UPDATE OF t' if lock else ''}", talk_id)


async def talks(
    clause: str, values: Sequence[Any], *, case_id: UUID | None, unfixed: bool, limit: int, after: Position | None
) -> Sequence[Row]:
    """The last held first; one row more than the page."""
    given, n = [*values, case_id], len(values) + 1
    place = "TRUE"
    if after is not None:
        place = f"(t.held_at, t.id) < (${n + 1}, ${n + 2})"
        given += [after.at, after.id]
    left = "t.fixed_on IS NULL AND t.fix_by IS NOT NULL" if unfixed else "TRUE"
    return await fetch(
        f'{_SHOWN} WHERE {clause} AND (${n}::uuid IS NULL OR t."case" = ${n}) AND {left} AND {place} '
        f"ORDER BY t.held_at DESC, t.id DESC LIMIT {limit + 1}",
        *given,
    )


async def put_right(talk_id: UUID, *, on: date, note: str) -> None:
    """The day stays."""
    await fetch("UPDATE hotline_unit_talk SET fixed_on = $2, fixed_note = $3 WHERE id = $1", talk_id, on, note)
