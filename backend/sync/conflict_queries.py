"""Reads of conflicts: those that somebody may decide, how many of them wait, and what became of a phone's own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.core.statements import Values, under
from backend.people.actors import Actor
from backend.people.household_queries import SERVED_ON
from backend.people.tables import Role
from backend.tasks.queries import IS_WAITING

Row = Mapping[str, Any]

_FROM = """
FROM sync_conflict c
LEFT JOIN visits_visit v ON c.kind = 'visit' AND v.id = c.record_id
LEFT JOIN people_household h ON h.id = COALESCE(v.household, c.record_id)
JOIN territory_division d ON d.id = COALESCE(v.division, h.division)
JOIN people_person p ON p.id = c.author
LEFT JOIN people_person q ON q.id = c.decided_by
"""
_COLUMNS = """
c.*, v.occurred_at, h.code AS household_code, d.code AS place_code, d.name AS place_name,
p.name AS author_name, q.name AS decider_name
"""


def _his(by: Actor, values: Values) -> str:
    """A supervisor of the territory in which the record lies now, who recorded the visit, who serves the household."""
    overseen = under("d.code", by.prefixes({Role.SUPERVISOR}), values)
    person, today = values(by.person_id), values(clock.today())
    served = SERVED_ON.format(n=today.removeprefix("$"))
    return f"""({overseen} OR v.recorded_by = {person} OR (c.kind = 'household' AND EXISTS (
        SELECT FROM people_household_service s WHERE s.household = h.id AND s.person = {person} AND {served})))"""


async def rows(
    *, by: Actor, waiting: bool, limit: int, after: Position | None, record_id: UUID | None = None
) -> Sequence[Row]:
    """Up to `limit` + 1 conflicts that `by` may decide: the waiting, else the decided ones; the newest first.

    record_id   only those of one record
    """
    values = Values()
    narrowed = [_his(by, values), f"c.decided_at IS {'NULL' if waiting else 'NOT NULL'}"]
    if record_id:
        narrowed.append(f"c.record_id = {values(record_id)}")
    if after:
        narrowed.append(f"(c.opened_at, c.id) < ({values(after.at)}, {values(after.id)})")
    order = f"ORDER BY c.opened_at DESC, c.id DESC LIMIT {values(limit + 1)}"
    return await fetch(f"SELECT {_COLUMNS} {_FROM} WHERE {' AND '.join(narrowed)} {order}", *values.given)


async def row(*, conflict_id: UUID, by: Actor) -> Row | None:
    """One that `by` may decide."""
    values = Values()
    narrowed = f"{_his(by, values)} AND c.id = {values(conflict_id)}"
    return await fetch_row(f"SELECT {_COLUMNS} {_FROM} WHERE {narrowed}", *values.given)


async def count_waiting(*, by: Actor) -> int:
    """How many wait for `by`. Few ever wait in a county, and an index holds just those."""
    values = Values()
    found = await fetch_row(
        f"SELECT count(*) AS n {_FROM} WHERE {_his(by, values)} AND c.decided_at IS NULL", *values.given
    )
    return found["n"] if found else 0


async def one(conflict_id: UUID) -> Row:
    """One that is there, whoever may decide it: for telling people of it. Raises LookupError."""
    found = await fetch_row(f"SELECT {_COLUMNS} {_FROM} WHERE c.id = $1", conflict_id)
    if found is None:
        raise LookupError(f"No conflict {conflict_id}")
    return found


async def waits(record_id: UUID) -> bool:
    """Whether any conflict of a record waits still."""
    sql = "SELECT FROM sync_conflict WHERE record_id = $1 AND decided_at IS NULL LIMIT 1"
    return await fetch_row(sql, record_id) is not None


async def amended_since() -> list[UUID]:
    """Those that wait although their record was amended since they opened: it may say by now what the phone wanted."""
    return [row["id"] for row in await fetch(_AMENDED)]


_AMENDED = """
SELECT c.id FROM sync_conflict c WHERE c.decided_at IS NULL AND (
    EXISTS (SELECT FROM visits_amendment a WHERE a.visit = c.record_id AND a.at >= c.opened_at)
    OR EXISTS (SELECT FROM people_household_amendment a WHERE a.household = c.record_id AND a.at >= c.opened_at))
ORDER BY c.opened_at, c.id
"""


async def undecided(*, asked_before: datetime) -> list[UUID]:
    """Of each record of which something waits and nobody was asked since, the conflict that waits longest."""
    return [row["id"] for row in await fetch(_UNDECIDED, asked_before)]


_UNDECIDED = f"""
SELECT DISTINCT ON (c.record_id) c.id FROM sync_conflict c
WHERE c.decided_at IS NULL AND NOT EXISTS (
    SELECT FROM tasks_task t WHERE t.origin_room = 'sync' AND t.origin_id = c.record_id AND t.{IS_WAITING}
    AND t.asked_at > $1)
ORDER BY c.record_id, c.opened_at, c.id
"""


async def own(*, author: UUID, decided_since: datetime, most: int) -> Sequence[Row]:
    """Somebody's own, that wait or were decided lately; the newest first."""
    return await fetch(_OWN, author, decided_since, most)


_OWN = """
SELECT c.id, c.kind, c.record_id, c.fields, c.opened_at, c.decided_at, c.decided_by, c.decision, q.name AS decider_name
FROM sync_conflict c LEFT JOIN people_person q ON q.id = c.decided_by
WHERE c.author = $1 AND (c.decided_at IS NULL OR c.decided_at >= $2)
ORDER BY c.opened_at DESC, c.id DESC LIMIT $3
"""
