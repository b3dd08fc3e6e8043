"""Who sees which case: said here once, as a rule for one case and as SQL for lists.

    supervisors, auditors, admins, operators   the cases of their territory
    handlers     those their unit has now or answers for; a handler without a unit, those of his territory
    experts, technicians   those their unit has now or answers for
    a person     what was given to him, what he opened, and what concerns a household that he serves today

To everybody else a case does not exist (404).
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import statements as core
from backend.core.clock import today
from backend.people.actors import OVERSEERS, Actor
from backend.people.household_queries import SERVED_ON
from backend.people.tables import Role

DESK = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN})
SEERS = OVERSEERS | {Role.OPERATOR}
HANDLING = frozenset({Role.HANDLER, Role.EXPERT, Role.TECHNICIAN})
"""Who acts on the cases of his unit. Without a unit only a handler does, on those of his territory."""

VILLAGE_DIGITS = 12

_SERVED = SERVED_ON.replace("${n}", "{day}")
SERVED_BY = f"(SELECT s.person FROM people_household_service s WHERE s.household = {{household}} AND {_SERVED} LIMIT 1)"


class Seen(Struct, frozen=True, kw_only=True):
    """What decides who sees a case. `served_by` is whoever serves its household today."""

    division_code: str
    owner_unit: UUID | None
    assignee_unit: UUID | None
    assignee: UUID | None
    opened_by: UUID | None
    served_by: UUID | None


class Sight(Struct, frozen=True):
    """What one reader sees."""

    person_id: UUID
    prefixes: tuple[str, ...]
    unit_ids: tuple[UUID, ...]

    def sees(self, case: Seen) -> bool:
        """Whether he sees this one."""
        return (
            case.division_code.startswith(self.prefixes)
            or not {case.owner_unit, case.assignee_unit}.isdisjoint(self.unit_ids)
            or self.person_id in (case.assignee, case.opened_by, case.served_by)
        )


def sight(by: Actor) -> Sight:
    """What `by` sees."""
    handling = [held for held in by.held if held.role in HANDLING]
    without_unit = {
        prefix for held in handling if held.unit_id is None and held.role == Role.HANDLER for prefix in held.prefixes
    }
    return Sight(
        by.person_id,
        tuple(sorted(without_unit | set(by.prefixes(SEERS)))),
        tuple({held.unit_id for held in handling if held.unit_id is not None}),
    )


class Conditions(core.Conditions):
    """Conditions on cases `c`.

    alternatives   the ways in which the reader sees cases, each with an index of its own
    territory      the one of them that is everything under his prefixes, where he has such
    few            what is asked for is few cases by itself, and has an index: a unit's, a village's, one number
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.territory: str | None = None
        self.few = False
        self.alternatives: list[str] = ["TRUE"]

    def under(self, column: str, prefixes: Iterable[str]) -> str:
        """That a column of codes lies under one of the prefixes. FALSE without a prefix.

        A village is a range of the index on divisions. A township or more is tested on the way through another order.
        """
        sizes: dict[bool, list[str]] = {True: [], False: []}
        for prefix in prefixes:
            sizes[len(prefix) >= VILLAGE_DIGITS].append(prefix)
        wide = core.passing_under(column, sizes[False], self.value)
        return f"({wide} OR {super().under(column, sizes[True])})" if sizes[True] else wide

    def seen_by(self, reader: Sight) -> None:
        """Only cases `c` that this reader sees.

        Kept as alternatives, one for each index: a list reads the first of each, where one OR over six columns, or a
        union read whole, costs more with every year of a unit's cases.
        """
        person, day = self.value(reader.person_id), self.value(today())
        units = [self.value(unit_id) for unit_id in reader.unit_ids]
        self.alternatives = [
            f"c.assignee = {person}",
            f"c.opened_by = {person}",
            f"c.household IN (SELECT s.household FROM people_household_service s WHERE s.person = {person} "
            f"AND {_SERVED.format(day=day)})",
            *(f"c.{column} = {unit}" for unit in units for column in ("assignee_unit", "owner_unit")),
        ]
        if reader.prefixes:
            self.territory = self.under("c.division_code", reader.prefixes)
            self.alternatives.insert(0, self.territory)

    @property
    def narrowing(self) -> str:
        """All but who sees it, for a WHERE."""
        return super().sql

    @property
    def sql(self) -> str:
        """All of them, for a WHERE that is read to the end."""
        first, *others = self.alternatives
        own = " UNION ALL ".join(f"SELECT c.id FROM cases_case c WHERE {each}" for each in others)
        return f"({first}{f' OR c.id IN ({own})' if own else ''}) AND {self.narrowing}"
