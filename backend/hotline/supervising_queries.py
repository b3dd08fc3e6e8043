"""What a supervisor follows, in the database."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch
from backend.core.paging import Position
from backend.hotline.callback_queries import listed

Row = Mapping[str, Any]

SUPERVISED = "b.supervised IS NOT NULL"
WAITS = f"""
{SUPERVISED} AND (b.state IN ('open', 'unreachable') OR b.satisfaction = 'dissatisfied') AND NOT EXISTS (
    SELECT FROM cases_event e WHERE e."case" = b."case" AND e.kind = 'noted'
    AND e.at >= coalesce(b.closed_at, b.opened_at)
    AND (e.payload IS NULL OR e.payload::jsonb ->> 'callback_id' = b.id::text))
"""
"""Nobody said yet what he did since it last moved. A remark that was erased counts: its case ended years ago."""


async def waiting(clause: str, values: Sequence[Any], *, limit: int, after: Position | None) -> Sequence[Row]:
    """What nobody did anything about yet, the longest open first."""
    return await listed(clause, values, WAITS, ("b.opened_at", ">", ""), limit, after)


async def newest(clause: str, values: Sequence[Any], *, limit: int, after: Position | None) -> Sequence[Row]:
    """Everything that is supervised, the last opened first."""
    return await listed(clause, values, SUPERVISED, ("b.opened_at", "<", "DESC"), limit, after)


async def cases(case_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Where cases stand, and who has them now."""
    rows = await fetch(
        "SELECT c.id, c.state, u.name AS unit_name, p.name AS assignee_name FROM cases_case c "
        "LEFT JOIN people_unit u ON u.id = c.assignee_unit LEFT JOIN people_person p ON p.id = c.assignee "
        "WHERE c.id = ANY($1)",
        list(case_ids),
    )
    return {row["id"]: dict(row) for row in rows}


async def follow_ups(case_ids: Sequence[UUID]) -> list[Row]:
    """Remarks on cases that say what a supervisor did about a callback, the first first."""
    rows = await fetch(
        "SELECT e.id, e.at, e.by, p.name AS by_name, e.payload FROM cases_event e JOIN people_person p ON p.id = e.by "
        "WHERE e.\"case\" = ANY($1) AND e.kind = 'noted' AND e.payload LIKE '%\"callback_id\"%' ORDER BY e.at, e.id",
        list(case_ids),
    )
    said = [(row, msgspec.json.decode(row["payload"])) for row in rows]
    return [
        {**row, "note": facts["remark"], "callback_id": UUID(facts["callback_id"])}
        for row, facts in said
        if "callback_id" in facts
    ]
