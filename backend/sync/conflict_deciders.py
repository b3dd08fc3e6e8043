"""Who is asked to decide a conflict, one after the other: whose record it is, then the supervisors from the nearest up.

Whoever may decide sees it in the queue; here is only who is asked. Nobody is asked first about his own words, so
whoever wrote neither of the two is before whoever wrote what stands there, and the author is the last.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.people.household_queries import SERVED_ON
from backend.people.tables import Role
from backend.sync.conflict_queries import Row


class Decider(Struct, frozen=True):
    """Somebody who may decide. `household`: he serves it, so whoever serves it tomorrow is asked in his place."""

    person_id: UUID
    household: UUID | None
    supervises: bool


async def deciders(row: Row) -> list[Decider]:
    """Whoever keeps the record, then the supervisors of its place; those whose accounts are open."""
    given = (row["kind"], row["record_id"], row["place_code"], clock.today(), Role.SUPERVISOR)
    return [Decider(**each) for each in await fetch(_DECIDERS, *given)]


_DECIDERS = f"""
SELECT who.person AS person_id, who.household, who.near > 0 AS supervises FROM (
    SELECT v.recorded_by AS person, NULL::uuid AS household, 0 AS near, NULL::date AS since
    FROM visits_visit v WHERE $1 = 'visit' AND v.id = $2
    UNION ALL
    SELECT s.person, s.household, 0, s.valid_from FROM people_household_service s
    WHERE $1 = 'household' AND s.household = $2 AND {SERVED_ON.format(n=4)}
    UNION ALL
    SELECT r.person, NULL, length(d.prefix), r.valid_from
    FROM people_role_assignment r JOIN territory_division d ON d.id = r.division
    WHERE r.role = $5 AND starts_with($3, d.prefix) AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to >= $4)
) who JOIN people_person p ON p.id = who.person AND p.closed_at IS NULL
ORDER BY who.near > 0, who.near DESC, who.since, who.person
"""


def first_of(found: Sequence[Decider], *, author: UUID, writers: Collection[UUID]) -> Decider | None:
    """Who is asked first.

    >>> keeper, county = [Decider(UUID(int=number), None, supervises=number > 1) for number in (1, 2)]
    >>> first_of([keeper, county], author=UUID(int=3), writers=()) is keeper
    True
    >>> first_of([keeper, county], author=keeper.person_id, writers=[county.person_id]) is county
    True
    """

    def involved(each: Decider) -> int:
        return 2 if each.person_id == author else int(each.person_id in writers)

    return min(found, key=involved, default=None)


def next_of(found: Sequence[Decider], *, author: UUID, asked: Collection[UUID]) -> Decider | None:
    """The nearest supervisor who was not asked yet, else the nearest once more; the author after all others."""
    supervisors = [each for each in found if each.supervises]
    return min(supervisors, key=lambda each: (each.person_id in asked, each.person_id == author), default=None)
