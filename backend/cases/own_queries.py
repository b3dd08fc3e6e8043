"""Cases that are one person's own: given to him, opened by him, or about a household that he serves.

Not his unit's and not his territory's. Open ones and those that were closed lately, each way through an index in which
the open ones come first: what an operator has opened in all his years costs nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.cases.blindness import ASKED_AND_SENT
from backend.cases.queries import Row, shown
from backend.core.clock import today
from backend.core.database import fetch
from backend.people.household_queries import SERVED_ON

_SERVED = f"SELECT s.household FROM people_household_service s WHERE s.person = $1 AND {SERVED_ON.format(n=2)}"
_OF_HOUSEHOLDS = f"({_SERVED}) mine JOIN cases_case c ON c.household = mine.household"
_WAYS = (
    "cases_case c WHERE c.assignee = $1 AND c.closed_at IS NULL",
    "cases_case c WHERE c.assignee = $1 AND c.closed_at >= $3",
    "cases_case c WHERE c.opened_by = $1 AND c.closed_at IS NULL",
    "cases_case c WHERE c.opened_by = $1 AND c.closed_at >= $3",
    f"{_OF_HOUSEHOLDS} WHERE c.closed_at IS NULL OR c.closed_at >= $3",
)
_FIRST = "closed_at IS NOT NULL, received_at DESC, id DESC"
_OWN = f"""
SELECT id FROM ({" UNION ".join(f"SELECT c.id, c.closed_at, c.received_at FROM {way}" for way in _WAYS)}) own
ORDER BY {_FIRST} LIMIT $4
"""
_IN_ORDER = ", ".join(f"c.{each.strip()}" for each in _FIRST.split(","))


async def own_cases(*, person_id: UUID, closed_since: datetime, most: int) -> Sequence[Row]:
    """The cases as they are shown: open ones first, the newest of them first."""
    source = f"({_OWN}) picked JOIN cases_case c USING (id)"
    return await fetch(f"{shown(source)} ORDER BY {_IN_ORDER}", person_id, today(), closed_since, most)


_LINES = """
SELECT e.id, e."case" AS case_id, e.kind, e.at, e.payload, e.by_unit, u.name AS unit_name, u.public_phone AS unit_phone
FROM unnest($1::uuid[]) asked(id) CROSS JOIN LATERAL (
    SELECT * FROM cases_event l WHERE l."case" = asked.id AND l.public AND (l.kind = ANY($3) OR NOT EXISTS (
        SELECT FROM cases_blindness b WHERE b."case" = asked.id AND b.person = $2 AND b.ended_at IS NULL))
    ORDER BY l.seq DESC LIMIT $4
) e LEFT JOIN people_unit u ON u.id = e.by_unit ORDER BY e.seq
"""


async def public_lines(case_ids: Sequence[UUID], *, reader_id: UUID, most: int) -> dict[UUID, list[Row]]:
    """The last public lines of each case, oldest first; of what others made of it none to whoever is blind to that."""
    found: dict[UUID, list[Row]] = {case_id: [] for case_id in case_ids}
    for row in await fetch(_LINES, list(case_ids), reader_id, list(ASKED_AND_SENT), most):
        found[row["case_id"]].append(row)
    return found


async def standing(case_ids: Sequence[UUID], *, person_id: UUID) -> Sequence[Row]:
    """Whether each is closed, and whether it is his own; cases that are no more are left out."""
    return await fetch(
        f"""
        SELECT c.id, c.closed_at IS NOT NULL AS closed,
               (c.assignee = $1 OR c.opened_by = $1 OR c.household IN ({_SERVED})) IS TRUE AS own
        FROM cases_case c WHERE c.id = ANY($3)
        """,
        person_id,
        today(),
        list(case_ids),
    )
