"""The SQL of proposed recalculations. Applying is one statement: each clock as it was looked at, or none."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import connection, fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Scope

Row = Mapping[str, Any]


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """A clock that would move, in the order of the table's columns."""

    id: UUID
    clock: UUID
    revision: int
    old_due_at: datetime
    new_due_at: datetime
    new_expected_at: datetime | None
    new_provisional: bool
    new_expedite_at: list[datetime]
    new_next_expedite_at: datetime | None
    days: list[date]


async def counties_with_open_clocks() -> list[str]:
    """Codes of counties, found by skipping through the index from one county to the next."""
    rows = await fetch(
        """
        WITH RECURSIVE found AS (
            (SELECT left(division_code, 6) AS county FROM deadlines_clock WHERE state <> 'stopped'
             ORDER BY division_code LIMIT 1)
            UNION ALL
            SELECT (SELECT left(division_code, 6) FROM deadlines_clock
                    WHERE state <> 'stopped' AND division_code >= f.county || ':' ORDER BY division_code LIMIT 1)
            FROM found f WHERE f.county IS NOT NULL
        )
        SELECT rpad(county, 12, '0') AS code FROM found WHERE county IS NOT NULL
        """
    )
    return [row["code"] for row in rows]


async def begin(id: UUID, *, division_code: str, version: int, at: datetime, by: UUID | None) -> bool:
    """Open a proposal; whether its id is new."""
    row = await fetch_row(
        "INSERT INTO deadlines_recalculation (id, division_code, calendar_version, proposed_at, proposed_by, examined, "
        "state) VALUES ($1, $2, $3, $4, $5, 0, 'proposed') ON CONFLICT (id) DO NOTHING RETURNING id",
        id,
        division_code,
        version,
        at,
        by,
    )
    return row is not None


async def add(id: UUID, items: Sequence[NewItem]) -> None:
    """Store clocks that would move."""
    async with connection() as acquired:
        await acquired.executemany(
            "INSERT INTO deadlines_recalculation_item (recalculation, id, clock, revision, old_due_at, new_due_at, "
            "new_expected_at, new_provisional, new_expedite_at, new_next_expedite_at, days) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [(id, *msgspec.structs.astuple(item)) for item in items],
        )


async def examined(id: UUID, number: int) -> None:
    """How many open clocks were looked at."""
    await fetch("UPDATE deadlines_recalculation SET examined = $2 WHERE id = $1", id, number)


_SELECT = """
SELECT r.id, r.division_code, r.calendar_version, r.proposed_at, r.examined, r.state, r.applied_at,
       (SELECT count(*) FROM deadlines_recalculation_item i WHERE i.recalculation = r.id) AS moved_n
FROM deadlines_recalculation r
"""


async def recalculation(id: UUID) -> Row | None:
    """One proposal."""
    return await fetch_row(f"{_SELECT} WHERE r.id = $1", id)


async def lock(id: UUID) -> Row:
    """The same, held until the transaction ends."""
    return (await fetch(f"{_SELECT} WHERE r.id = $1 FOR UPDATE OF r", id))[0]


async def recalculations(scope: Scope, *, limit: int, after: Position | None) -> Sequence[Row]:
    """Proposals of a territory, the newest first."""
    clause, values = scope.clause("r.division_code", 4)
    at, id = (after.at, after.id) if after else (None, None)
    return await fetch(
        f"{_SELECT} WHERE {clause} AND ($2::timestamptz IS NULL OR (r.proposed_at, r.id) < ($2, $3::uuid)) "
        "ORDER BY r.proposed_at DESC, r.id DESC LIMIT $1",
        limit,
        at,
        id,
        *values,
    )


async def items(id: UUID, *, limit: int) -> Sequence[Row]:
    """Clocks of a proposal, those that would be due first on top."""
    return await fetch(
        """
        SELECT i.clock AS clock_id, c.subject_room, c.subject_id, c.kind, c.label, c.unit AS unit_id, i.old_due_at,
               i.new_due_at, i.new_provisional AS provisional, i.days
        FROM deadlines_recalculation_item i JOIN deadlines_clock c ON c.id = i.clock
        WHERE i.recalculation = $1 ORDER BY i.new_due_at, i.clock LIMIT $2
        """,
        id,
        limit,
    )


async def apply(id: UUID, *, at: datetime, by: UUID) -> int:
    """Move every clock that is still as it was looked at, with its line of history; how many were."""
    row = await fetch_row(
        """
        WITH moved AS (
            UPDATE deadlines_clock c SET due_at = i.new_due_at, expected_at = i.new_expected_at,
                provisional = i.new_provisional, expedite_at = i.new_expedite_at,
                next_expedite_at = i.new_next_expedite_at, calendar_version = r.calendar_version,
                revision = c.revision + 1
            FROM deadlines_recalculation_item i JOIN deadlines_recalculation r ON r.id = i.recalculation
            WHERE i.recalculation = $1 AND c.id = i.clock AND c.revision = i.revision AND c.state <> 'stopped'
            RETURNING c.*, i.old_due_at, i.new_due_at
        ), told AS (
            INSERT INTO deadlines_clock_event (id, clock, kind, at, recorded_at, by, opened_at, old_due_at, new_due_at,
                calendar_version, cause, subject_room, clock_kind, unit, division_code, policy)
            SELECT gen_random_uuid(), id, 'recalculated', $2, $2, $3, opened_at, old_due_at, new_due_at,
                calendar_version, $1, subject_room, kind, unit, division_code, policy FROM moved
        ), noted AS (
            UPDATE deadlines_recalculation SET state = 'applied', applied_at = $2, applied_by = $3 WHERE id = $1
        )
        SELECT count(*) AS moved FROM moved
        """,
        id,
        at,
        by,
    )
    return int(row["moved"]) if row else 0
