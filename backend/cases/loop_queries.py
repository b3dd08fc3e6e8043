"""The SQL around loops: what lies above a division, who acts for it, who is to be asked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.cases.loop_rules import Rung
from backend.core.database import fetch, fetch_row
from backend.territory.tables import Level

# A village in a community has two next ones: the community, and the township that both lie in.
_LADDER = """
WITH RECURSIVE up AS (
    SELECT d.id, d.level, d.parent, d.community, 0 AS steps FROM territory_division d WHERE d.id = $1
    UNION ALL
    SELECT d.id, d.level, d.parent, d.community, up.steps + 1
    FROM up JOIN territory_division d ON d.id = up.parent OR d.id = up.community
)
SELECT id, level, min(steps) AS steps FROM up WHERE steps > 0 GROUP BY id, level ORDER BY steps
"""


async def ladder(division_id: UUID) -> list[Rung]:
    """The divisions above one, nearest first."""
    return [Rung(row["id"], Level(row["level"]), row["steps"]) for row in await fetch(_LADDER, division_id)]


async def unit_division(unit_id: UUID) -> UUID | None:
    """The division of an open unit."""
    row = await fetch_row("SELECT division FROM people_unit WHERE id = $1 AND closed_at IS NULL", unit_id)
    return row["division"] if row else None


async def governments(division_id: UUID) -> list[UUID]:
    """The open government units of a division."""
    rows = await fetch(
        "SELECT id FROM people_unit WHERE division = $1 AND kind = 'government' AND closed_at IS NULL ORDER BY id",
        division_id,
    )
    return [row["id"] for row in rows]


async def units(unit_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Open units by id."""
    rows = await fetch(
        "SELECT id, name, public_phone FROM people_unit WHERE id = ANY($1) AND closed_at IS NULL", list(unit_ids)
    )
    return {row["id"]: row for row in rows}
