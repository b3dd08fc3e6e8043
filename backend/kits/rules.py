"""Who carries a kit."""

from collections.abc import Collection

from backend.people.actors import Actor
from backend.people.tables import Role


def is_for(*, roles: Collection[Role], prefixes: Collection[str], by: Actor) -> bool:
    """Whether he holds one of the roles in a division that lies below one of the prefixes, or around it.

    No prefix: everywhere.
    """
    if not prefixes:
        return by.has(*roles)
    held = by.prefixes(roles)
    return any(his.startswith(theirs) or theirs.startswith(his) for his in held for theirs in prefixes)


def is_in_season(months: Collection[int], month: int) -> bool:
    """Whether a kit is offered in a month; none said: all year."""
    return not months or month in months
