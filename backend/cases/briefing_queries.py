"""The SQL of briefings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from backend.cases.briefing_rules import number_said
from backend.cases.loop_schemas import BriefingRecord, NewBriefing
from backend.cases.reading import person
from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]


async def insert(new: NewBriefing, *, id: UUID, division: UUID, digest: bytes, by: UUID, at: datetime) -> bool:
    """Write a draft; false where its id was taken."""
    row = await fetch_row(
        """
        INSERT INTO cases_briefing (id, title, body, division, division_code, state, drafted_by, drafted_at,
                                    arguments_digest)
        VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING id
        """,
        *(id, new.title.strip(), new.body.strip(), division, new.division_code, by, at, digest),
    )
    return row is not None


async def add_cases(id: UUID, case_ids: Sequence[UUID]) -> None:
    """What it is about."""
    listed = list(dict.fromkeys(case_ids))
    await fetch(
        'INSERT INTO cases_briefing_case (id, briefing, "case") '
        "SELECT n.id, $1, n.case_id FROM unnest($2::uuid[], $3::uuid[]) AS n(id, case_id)",
        *(id, [uuid5(id, f"case {each}") for each in listed], listed),
    )


async def locked(id: UUID) -> Row | None:
    """A briefing, held until the transaction ends."""
    return await fetch_row(
        "SELECT id, state, division_code, drafted_by, submitted_by, endorsed_by, endorsed_on, endorsement, execution, "
        "arguments_digest FROM cases_briefing WHERE id = $1 FOR UPDATE",
        id,
    )


async def change(id: UUID, **columns: Any) -> None:
    """Write columns of one of its steps."""
    names = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
    await fetch(f"UPDATE cases_briefing SET {names} WHERE id = $1", id, *columns.values())


async def next_serial(county_code: str, year: int) -> int:
    """The next document number of a county's year; others who submit wait until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 90))", f"{county_code} {year}")
    row = await fetch_row(
        "SELECT coalesce(max(number_serial), 0) + 1 AS serial FROM cases_briefing "
        "WHERE number_county = $1 AND number_year = $2",
        *(county_code, year),
    )
    return int(row["serial"]) if row else 1


async def case_ids(id: UUID) -> list[UUID]:
    """What it is about."""
    rows = await fetch('SELECT "case" FROM cases_briefing_case WHERE briefing = $1 ORDER BY "case"', id)
    return [row["case"] for row in rows]


_BRIEFING = """
SELECT b.*, d.name AS drafted_by_name, s.name AS submitted_by_name, e.name AS executed_by_name
FROM cases_briefing b JOIN people_person d ON d.id = b.drafted_by LEFT JOIN people_person s ON s.id = b.submitted_by
LEFT JOIN people_person e ON e.id = b.executed_by WHERE b.id = $1
"""


async def record(id: UUID) -> BriefingRecord | None:
    """A briefing as it is read; whether it may be read, the caller looks."""
    row = await fetch_row(_BRIEFING, id)
    if row is None:
        return None
    people = {name: person(row[name], row[f"{name}_name"]) for name in ("drafted_by", "submitted_by", "executed_by")}
    more = {"case_ids": await case_ids(id), "number": number_said(row["number_year"], row["number_serial"])}
    return msgspec.convert(dict(row) | people | more, BriefingRecord, from_attributes=True)
