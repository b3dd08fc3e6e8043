"""Whether a division is all of it somebody's, and where a reader of its meetings, briefings and hot spots starts."""

from collections.abc import Iterable
from uuid import UUID

from backend.cases.loop_refusals import NotYourArea
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.tables import Role
from backend.territory import queries as territory

DECIDERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
READERS = OVERSEERS | {Role.OPERATOR}


async def decided_in(
    division_code: str, *, by: Actor, roles: Iterable[Role] = DECIDERS
) -> tuple[UUID, tuple[str, ...]]:
    """Key and prefixes of a division all of which is `by`'s in one of the roles.

    Raises DivisionUnknown (404), NotYourArea (403).
    """
    division = await territory.division(code=division_code)
    prefixes = await territory.prefixes(division_id=division.id)
    scope = visible_to(by, roles=roles)
    if not (prefixes and all(scope.covers(prefix) for prefix in prefixes)):
        raise NotYourArea("This is for a supervisor of all of {division_code}.", division_code=division_code)
    return division.id, prefixes


def reads(division_code: str, *, by: Actor) -> bool:
    """Whether he reads what concerns a division as a whole."""
    return visible_to(by, roles=READERS).covers(division_code)
