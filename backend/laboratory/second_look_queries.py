"""Second looks, and who may be asked for one: raw SQL."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]

_SHOWN = """
SELECT k.*, e.name AS expert_name, a.name AS asked_by_name, r.sample, r.analyte, r.analyte_text, r.verdict,
       r.instrument_verdict, s.code, s.division_code, m.state AS photo_state, o.kind AS photo_kind,
       o.key_sealed IS NOT NULL AS photo_readable
FROM laboratory_second_look k JOIN laboratory_result r ON r.id = k.result JOIN laboratory_sample s ON s.id = r.sample
JOIN people_person e ON e.id = k.expert JOIN people_person a ON a.id = k.asked_by
LEFT JOIN media_photo m ON m.id = k.photo_id LEFT JOIN media_original o ON o.sha256 = m.original
"""


async def look(look_id: UUID) -> Row | None:
    """One, with what it is about."""
    return await fetch_row(f"{_SHOWN} WHERE k.id = $1", look_id)


async def hold(look_id: UUID, expert_id: UUID) -> bool:
    """Whether it is asked of him; nobody else writes it meanwhile."""
    row = await fetch_row(
        "SELECT 1 FROM laboratory_second_look WHERE id = $1 AND expert = $2 FOR UPDATE", look_id, expert_id
    )
    return row is not None


async def insert(columns: Mapping[str, Any]) -> None:
    """Write one."""
    places = ", ".join(f"${i}" for i in range(1, len(columns) + 1))
    await fetch(f"INSERT INTO laboratory_second_look ({', '.join(columns)}) VALUES ({places})", *columns.values())


async def say(look_id: UUID, *, seen: str, agrees: bool | None, remark: str | None, at: datetime) -> None:
    """Write what he sees."""
    await fetch(
        "UPDATE laboratory_second_look SET seen = $2, agrees = $3, remark = $4, seen_at = $5 WHERE id = $1",
        *(look_id, seen, agrees, remark, at),
    )


async def studio_of(unit_id: UUID) -> UUID | None:
    """The studio to whose bench a unit belongs: itself, or the nearest above it."""
    row = await fetch_row(_STUDIO, unit_id)
    return row["id"] if row else None


_STUDIO = """
WITH RECURSIVE above AS (
    SELECT id, kind, parent, 1 AS step FROM people_unit WHERE id = $1
    UNION ALL SELECT u.id, u.kind, u.parent, a.step + 1 FROM above a JOIN people_unit u ON u.id = a.parent
    WHERE a.step < 10
)
SELECT id FROM above WHERE kind = 'studio' ORDER BY step LIMIT 1
"""


async def experts_for(result_id: UUID, *, studio_id: UUID, on: date) -> Sequence[UUID]:
    """Experts of a studio who have not read a result as far as anybody knows, those who owe the fewest looks first.

    Left out: who ran it, brought its file, received its sample, reviewed it or was asked to look before.
    """
    rows = await fetch(_EXPERTS, studio_id, on, result_id)
    return [row["person"] for row in rows]


_EXPERTS = """
SELECT a.person FROM people_role_assignment a JOIN people_person p ON p.id = a.person
JOIN laboratory_result r ON r.id = $3 JOIN laboratory_sample s ON s.id = r.sample
LEFT JOIN laboratory_run n ON n.id = r.run LEFT JOIN laboratory_import f ON f.id = r.import_file
WHERE a.role = 'expert' AND a.unit = $1 AND p.closed_at IS NULL
AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2)
AND a.person IS DISTINCT FROM n.operator AND a.person IS DISTINCT FROM f.by
AND a.person IS DISTINCT FROM s.received_by AND a.person IS DISTINCT FROM r.reviewed_by
AND NOT EXISTS (SELECT 1 FROM laboratory_second_look k WHERE k.result = r.id AND k.expert = a.person)
GROUP BY a.person ORDER BY (
    SELECT count(*) FROM laboratory_second_look k WHERE k.expert = a.person AND k.seen_at IS NULL), min(a.valid_from),
    a.person
"""
