"""How many open cases are over their time, due today, due later: a desk's queue at a glance."""

from datetime import datetime, time, timedelta

from msgspec import Struct

from backend.cases.filters import CaseFilters, conditions
from backend.core import clock
from backend.core.database import fetch_row
from backend.people.actors import Actor


class DueCounts(Struct, frozen=True, kw_only=True):
    """Open cases by their nearest deadline that runs. `today`: still in time; `unclocked`: none runs."""

    overdue: int
    today: int
    later: int
    unclocked: int


_COUNTS = """
SELECT count(*) FILTER (WHERE k.due_at < {now}) AS overdue,
       count(*) FILTER (WHERE k.due_at >= {now} AND k.due_at < {midnight}) AS today,
       count(*) FILTER (WHERE k.due_at >= {midnight}) AS later,
       count(*) FILTER (WHERE k.due_at IS NULL) AS unclocked
FROM cases_case c CROSS JOIN LATERAL (
    SELECT min(o.due_at) AS due_at FROM deadlines_clock o
    WHERE o.subject_room = 'cases' AND o.subject_id = c.id AND o.state = 'running') k
WHERE {which}
"""


async def count_by_due(*, by: Actor) -> DueCounts:
    """Of the open cases that `by` sees; the day is Shandong's."""
    found = await conditions(CaseFilters(open=True), by=by)
    now, midnight = found.value(clock.now()), found.value(_midnight())
    row = await fetch_row(_COUNTS.format(now=now, midnight=midnight, which=found.sql), *found.values)
    return DueCounts(**row) if row else DueCounts(overdue=0, today=0, later=0, unclocked=0)


def _midnight() -> datetime:
    return datetime.combine(clock.today() + timedelta(days=1), time(), clock.SHANGHAI)
