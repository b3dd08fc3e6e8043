"""Who works at a desk: of its unit, or of the territory in which it stands."""

from collections.abc import Iterable
from uuid import UUID

from backend.core.database import fetch_row
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role


async def works_at(unit_id: UUID, by: Actor, *, roles: Iterable[Role]) -> bool:
    """Whether somebody holds one of the roles in an open unit, or over the place where it is."""
    wanted = frozenset(roles)
    row = await fetch_row(
        "SELECT d.code FROM people_unit u JOIN territory_division d ON d.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )
    if row is None:
        return False
    own = any(held.unit_id == unit_id and held.role in wanted for held in by.held)
    return own or visible_to(by, roles=wanted).covers(row["code"])
