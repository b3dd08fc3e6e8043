"""Who is asking: a signed-in person with the roles of today, and what that lets him see."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from backend.core.refusals import Forbidden
from backend.core.words import Term
from backend.people.tables import Role

OVERSEERS = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})


class Held(msgspec.Struct, frozen=True):
    """A role held today, over every division whose code starts with one of `prefixes`."""

    role: Role
    division_code: str
    division_name: str
    prefixes: tuple[str, ...]
    unit_id: UUID | None = None


class Actor(msgspec.Struct, frozen=True):
    """What every verb takes as `by`. `device_id` is the phone the token was issued to, where there is one."""

    person_id: UUID
    name: str
    language: str
    held: tuple[Held, ...]
    device_id: UUID | None = None

    def has(self, *roles: Role) -> bool:
        """Whether he holds one of these roles anywhere."""
        return any(held.role in roles for held in self.held)

    def prefixes(self, roles: Iterable[Role]) -> tuple[str, ...]:
        """Code prefixes of the territory in which he holds one of these roles."""
        wanted = frozenset(roles)
        return tuple(sorted({prefix for held in self.held if held.role in wanted for prefix in held.prefixes}))

    def must_have(self, *roles: Role) -> None:
        """Raises Forbidden (403) unless he holds one of these roles."""
        if not self.has(*roles):
            raise Forbidden("This needs one of the roles: {roles}.", roles=[Term(role) for role in roles])


class Scope(msgspec.Struct, frozen=True):
    """Where a read starts: all under `prefixes`, and what is `person_id`'s own (each room says what that means)."""

    person_id: UUID
    prefixes: tuple[str, ...]

    def covers(self, division_code: str) -> bool:
        """Whether a division's code lies under one of the prefixes."""
        return division_code.startswith(self.prefixes) if self.prefixes else False

    def clause(self, column: str, first: int) -> tuple[str, list[str]]:
        """SQL that holds for rows under the prefixes, as ranges that an index in C order serves.

        `first` is the number of the first free parameter. With no prefix: FALSE.
        """
        ranges = [
            f"({column} >= ${first + 2 * i} AND {column} < ${first + 2 * i + 1})" for i in range(len(self.prefixes))
        ]
        values = [bound for prefix in self.prefixes for bound in (prefix, prefix + ":")]
        return (f"({' OR '.join(ranges)})" if ranges else "FALSE"), values


def visible_to(actor: Actor, *, roles: Iterable[Role] = OVERSEERS) -> Scope:
    """The start of every read: the territory that `actor` oversees in one of `roles`, beside what is his own."""
    return Scope(person_id=actor.person_id, prefixes=actor.prefixes(roles))
