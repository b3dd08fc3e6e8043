"""Reads of roles: who holds which over what."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.people.tables import Role


async def has_role_on(*, person_id: UUID, roles: Sequence[Role], division_code: str, on: date) -> bool:
    """Whether somebody holds one of these roles over a division on a day (its own, one above, or its community)."""
    row = await fetch_row(
        """
        SELECT EXISTS (
            SELECT FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
            WHERE r.person = $1 AND r.role = ANY($2) AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to >= $4)
            AND (starts_with($3, v.prefix) OR EXISTS (
                SELECT FROM territory_division w WHERE w.community = v.id AND starts_with($3, w.prefix)))
        ) AS found
        """,
        person_id,
        list(roles),
        division_code,
        on,
    )
    return bool(row and row["found"])


async def persons_division_codes(*, person_id: UUID) -> tuple[str, ...]:
    """Codes of every division in which somebody holds, held or will hold a role."""
    rows = await fetch(
        "SELECT DISTINCT v.code FROM people_role_assignment r "
        "JOIN territory_division v ON v.id = r.division WHERE r.person = $1",
        person_id,
    )
    return tuple(row["code"] for row in rows)
