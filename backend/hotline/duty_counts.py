"""How many calls a unit's line answered in a span, and how many people it rang back: of the unit, never of a person."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch


class LineCounts(Struct, frozen=True):
    """Calls to us that were answered; callbacks in which he was spoken to, why ever he was rung."""

    answered: int = 0
    rung_back: int = 0


_LINES = """
SELECT unit, sum(answered)::int AS answered, sum(rung_back)::int AS rung_back FROM (
    SELECT unit, count(*) AS answered, 0 AS rung_back FROM hotline_call
    WHERE unit = ANY($1) AND began_at >= $2 AND began_at < $3 AND direction = 'in' AND answered_at IS NOT NULL
    GROUP BY unit
    UNION ALL
    SELECT unit, 0, count(*) FROM hotline_callback
    WHERE unit = ANY($1) AND closed_at >= $2 AND closed_at < $3 AND state = 'reached' GROUP BY unit) n
GROUP BY unit
"""


async def count_line(*, unit_ids: Collection[UUID], since: datetime, until: datetime) -> dict[UUID, LineCounts]:
    """By unit: calls that began and callbacks that closed from `since` to before `until`. A unit without one is left
    out."""
    rows = await fetch(_LINES, list(unit_ids), since, until)
    return {row["unit"]: LineCounts(row["answered"], row["rung_back"]) for row in rows}
