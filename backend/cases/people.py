"""Whom a case reaches in a unit or a place. Roles of today."""

from uuid import UUID

from backend.core.clock import today
from backend.core.database import fetch_row

_HELD_TODAY = "r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2) AND p.closed_at IS NULL"


async def handler_of(unit_id: UUID) -> UUID | None:
    """One of a unit's handlers, the longest in office."""
    row = await fetch_row(
        f"""
        SELECT r.person FROM people_role_assignment r JOIN people_person p ON p.id = r.person
        WHERE r.unit = $1 AND r.role = 'handler' AND {_HELD_TODAY} ORDER BY r.valid_from, r.person LIMIT 1
        """,
        unit_id,
        today(),
    )
    return row["person"] if row else None


async def supervisor_of(division_code: str) -> UUID | None:
    """The supervisor nearest to a place: of its village, else of what lies above."""
    row = await fetch_row(
        f"""
        SELECT r.person FROM people_role_assignment r JOIN people_person p ON p.id = r.person
        JOIN territory_division v ON v.id = r.division
        WHERE r.role = 'supervisor' AND starts_with($1, v.prefix) AND {_HELD_TODAY}
        ORDER BY length(v.prefix) DESC, r.valid_from, r.person LIMIT 1
        """,
        division_code,
        today(),
    )
    return row["person"] if row else None
