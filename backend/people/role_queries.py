"""Reads of roles: who holds which over what."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.people.tables import Role

HELD_ON = """EXISTS (
    SELECT FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    WHERE r.person = {person} AND r.role = ANY({roles})
    AND r.valid_from <= {day} AND (r.valid_to IS NULL OR r.valid_to >= {day})
    AND (starts_with({code}, v.prefix) OR (v.level = 'community' AND EXISTS (
        SELECT FROM territory_division w WHERE w.community = v.id AND starts_with({code}, w.prefix)))))"""
"""That somebody holds one of these roles over a division's code on a day: its own, one above, or its community.

One look-up by person, who has a role or two; each part is an expression that names none of `r`, `v`, `w`.
"""


async def has_role_on(*, person_id: UUID, roles: Sequence[Role], division_code: str, on: date) -> bool:
    """Whether somebody holds one of these roles over a division on a day (its own, one above, or its community)."""
    held = HELD_ON.format(person="$1", roles="$2", code="$3", day="$4")
    row = await fetch_row(f"SELECT {held} AS found", person_id, list(roles), division_code, on)
    return bool(row and row["found"])


async def persons_division_codes(*, person_id: UUID) -> tuple[str, ...]:
    """Codes of every division in which somebody holds, held or will hold a role."""
    rows = await fetch(
        "SELECT DISTINCT v.code FROM people_role_assignment r "
        "JOIN territory_division v ON v.id = r.division WHERE r.person = $1",
        person_id,
    )
    return tuple(row["code"] for row in rows)
