"""What a supervisor asks of clocks: how many run, are late, were in time, by unit; and which ones are late.

Open clocks are read by partial indexes that know no stopped ones, so that none of this grows with the years.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.core.clock import now
from backend.core.database import fetch
from backend.core.paging import Position
from backend.core.statements import Conditions, passing_under
from backend.people.actors import Scope

_NOBODY = UUID(int=0)


class OpenFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Open clocks of a kind in one unit. `soon`: past the first expedite share and not late."""

    unit_id: UUID | None
    kind: str
    open: int
    suspended: int
    soon: int
    overdue: int


class StoppedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Clocks of a kind and class that a unit stopped in a span: in time or late, and how long it took, in hours.

    Those without a limit are neither in time nor late.

    Never mixed over classes: two hours and fifteen days have no common mean.
    """

    unit_id: UUID | None
    kind: str
    policy_code: str
    stopped: int
    in_time: int
    late: int
    mean_h: float
    median_h: float
    p90_h: float


class OverdueClock(msgspec.Struct, frozen=True, kw_only=True):
    """A clock that runs and is late."""

    id: UUID
    subject_room: str
    subject_id: UUID
    kind: str
    label: str
    link: str | None
    unit_id: UUID | None
    division_code: str
    policy_code: str
    due_at: datetime


async def open_by_unit(*, prefixes: Sequence[str], subject_room: str | None = None) -> list[OpenFigures]:
    """Open clocks under code prefixes, by unit and kind."""
    clause, values = _under(prefixes, "division_code", 3)
    rows = await fetch(
        f"""
        SELECT unit AS unit_id, kind, count(*) AS open, count(*) FILTER (WHERE state = 'suspended') AS suspended,
               count(*) FILTER (WHERE state = 'running' AND due_at >= $1 AND expedite_at[1] <= $1) AS soon,
               count(*) FILTER (WHERE state = 'running' AND due_at < $1) AS overdue
        FROM deadlines_clock WHERE state <> 'stopped' AND {clause} AND ($2::text IS NULL OR subject_room = $2)
        GROUP BY unit, kind ORDER BY overdue DESC, open DESC, unit, kind
        """,
        now(),
        subject_room,
        *values,
    )
    return [msgspec.convert(dict(row), OpenFigures) for row in rows]


async def stopped_by_unit(
    *, prefixes: Sequence[str], stopped_from: datetime, stopped_to: datetime, subject_room: str | None = None
) -> list[StoppedFigures]:
    """Clocks stopped in a span (`stopped_to` not included), each round by itself, for the unit it was with then."""
    clause, values = _under(prefixes, "e.division_code", 4)
    rows = await fetch(
        f"""
        SELECT e.unit AS unit_id, e.clock_kind AS kind, p.code AS policy_code, count(*) AS stopped,
               count(*) FILTER (WHERE e.at <= e.new_due_at) AS in_time,
               count(*) FILTER (WHERE e.at > e.new_due_at) AS late,
               avg(h.hours) AS mean_h, percentile_cont(0.5) WITHIN GROUP (ORDER BY h.hours) AS median_h,
               percentile_cont(0.9) WITHIN GROUP (ORDER BY h.hours) AS p90_h
        FROM deadlines_clock_event e JOIN deadlines_policy p ON p.id = e.policy
        CROSS JOIN LATERAL (SELECT extract(epoch FROM e.at - e.opened_at)::float8 / 3600 AS hours) h
        WHERE e.kind = 'stopped' AND e.at >= $1 AND e.at < $2 AND {clause}
        AND ($3::text IS NULL OR e.subject_room = $3)
        GROUP BY e.unit, e.clock_kind, p.code ORDER BY late DESC, stopped DESC, e.unit, e.clock_kind, p.code
        """,
        stopped_from,
        stopped_to,
        subject_room,
        *values,
    )
    return [msgspec.convert(dict(row), StoppedFigures) for row in rows]


async def overdue(
    *,
    prefixes: Sequence[str],
    unit_id: UUID | None = None,
    kind: str | None = None,
    limit: int = 50,
    after: Position | None = None,
) -> list[OverdueClock]:
    """Clocks that are late, the longest overdue first. `after` holds the `due_at` and id before.

    One by one in the order of the index until the page is full; only what was asked for stands in the statement, so
    that the plan PostgreSQL keeps is as good as one made anew.
    """
    late = Conditions()
    late.add("c.state = 'running' AND c.due_at IS NOT NULL AND c.due_at < {}", now())
    late.parts.append(passing_under("c.division_code", prefixes, late.value))
    if unit_id is not None:
        late.add("c.unit = {}", unit_id)
    if kind is not None:
        late.add("c.kind = {}", kind)
    if after is not None:
        late.add("(c.due_at, c.id) > ({}, {})", after.at, after.id)
    rows = await fetch(
        f"""
        SELECT c.id, c.subject_room, c.subject_id, c.kind, c.label, c.link, c.unit AS unit_id, c.division_code,
               p.code AS policy_code, c.due_at
        FROM deadlines_clock c JOIN deadlines_policy p ON p.id = c.policy
        WHERE {late.sql} ORDER BY c.due_at, c.id LIMIT {int(limit)}
        """,
        *late.values,
    )
    return [msgspec.convert(dict(row), OverdueClock) for row in rows]


def _under(prefixes: Sequence[str], column: str, first: int) -> tuple[str, list[str]]:
    return Scope(person_id=_NOBODY, prefixes=tuple(prefixes)).clause(column, first)
