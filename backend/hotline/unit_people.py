"""Who works at a desk: of its unit, or of the territory in which it stands; and who works near it."""

from collections.abc import Iterable
from uuid import UUID

from backend.core.database import fetch_row
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory.rules import prefix_of


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


def stands_near(division_code: str, by: Actor, *, roles: Iterable[Role]) -> bool:
    """Whether a place holds one of the places in which somebody has one of the roles: a township holds its villages."""
    wanted, prefix = frozenset(roles), prefix_of(division_code)
    return any(held.division_code.startswith(prefix) for held in by.held if held.role in wanted)
