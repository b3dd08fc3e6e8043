"""Who holds the role of an expert and has no profile yet: the list from which a supervisor makes one."""

from uuid import UUID

from msgspec import Struct

from backend.core.clock import today
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.people.tables import Role

KEEPERS = (Role.SUPERVISOR, Role.ADMIN)
MOST = 100


class Newcomer(Struct, frozen=True):
    """Somebody whom no request reaches yet."""

    id: UUID
    name: str


async def newcomers(*, by: Actor) -> list[Newcomer]:
    """Those with the role in the territory of `by`, who supervises or administers it; to others nobody."""
    prefixes = by.prefixes(KEEPERS)
    if not prefixes:
        return []
    rows = await fetch(
        """
        SELECT DISTINCT p.id, p.name FROM people_role_assignment r JOIN people_person p ON p.id = r.person
        JOIN territory_division d ON d.id = r.division
        WHERE r.role = 'expert' AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2)
        AND p.closed_at IS NULL AND EXISTS (SELECT FROM unnest($1::text[]) x WHERE starts_with(d.code, x))
        AND NOT EXISTS (SELECT FROM diagnosis_expert e WHERE e.id = p.id)
        ORDER BY p.name, p.id LIMIT $3
        """,
        *(list(prefixes), today(), MOST),
    )
    return [Newcomer(row["id"], row["name"]) for row in rows]
