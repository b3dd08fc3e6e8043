"""Lists of cases, paged by a place in their order, each row with its clocks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases import clocks, reading
from backend.cases.filters import CaseFilters, Sort, conditions
from backend.cases.queries import shown
from backend.cases.schemas import CategoryShown, DivisionShown, PersonShown, UnitShown
from backend.cases.visibility import Conditions
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Satisfaction, Stage
from backend.core.database import fetch, fetch_row
from backend.core.paging import Page, Position, page, position
from backend.deadlines.schemas import ClockRecord
from backend.people.actors import Actor


class CaseSummary(Struct, frozen=True, kw_only=True):
    """A row of a list. `due_at`: the nearest deadline that runs; the words of the citizen are in the case itself."""

    id: UUID
    number: str
    number_said: str
    channel: Channel
    kind: CaseKind
    category: CategoryShown
    title: str
    division: DivisionShown
    state: CaseState
    stage: Stage
    state_since: datetime
    outcome: CaseOutcome | None
    satisfaction: Satisfaction | None
    policy_code: str
    owner_unit: UnitShown | None
    assignee_unit: UnitShown | None
    assignee: PersonShown | None
    hops: int
    second_hop: bool
    loop: int
    reopened_n: int
    opened_at: datetime
    received_at: datetime
    entered_late: bool
    closed_at: datetime | None
    due_at: datetime | None
    clocks: list[ClockRecord]


async def list_cases(
    *, by: Actor, filters: CaseFilters, sort: Sort = Sort.NEWEST, limit: int = 50, cursor: str | None = None
) -> Page[CaseSummary]:
    """The cases that `by` may see and the filters leave. Raises Invalid (400), DivisionUnknown (404)."""
    found, after = await conditions(filters, by=by), position(cursor)
    rows = await (_by_due if sort is Sort.DUE else _newest)(found, limit + 1, after)
    running = await clocks.of_cases([row["id"] for row in rows])
    items = [_summary(row, running[row["id"]]) for row in rows]
    return page(items, limit, lambda item: _place(item, sort))


async def count_cases(*, by: Actor, filters: CaseFilters) -> int:
    """How many rows the list has. Raises DivisionUnknown (404)."""
    found = await conditions(filters, by=by)
    row = await fetch_row(f"SELECT count(*) AS n FROM cases_case c WHERE {found.sql}", *found.values)
    return row["n"] if row else 0


def _place(item: CaseSummary, sort: Sort) -> Position:
    return Position(item.due_at if sort is Sort.DUE and item.due_at else item.received_at, item.id)


async def _newest(found: Conditions, limit: int, after: Position | None) -> Any:
    if after is not None:
        found.add("(c.received_at, c.id) < ({}, {})", after.at, after.id)
    rows = f"SELECT c.id, c.received_at AS place FROM cases_case c WHERE {found.narrowing}"
    ways = [f"{rows} AND {each}" for each in found.alternatives]
    return await _page(found, ways, "c.received_at DESC, c.id DESC", "place DESC, id DESC", limit)


_RUNNING_FIRST = """
    k.subject_room = 'cases' AND k.state = 'running' AND k.due_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM deadlines_clock o WHERE o.subject_room = 'cases' AND o.subject_id = k.subject_id
        AND o.state = 'running' AND o.due_at IS NOT NULL AND (o.due_at, o.id) < (k.due_at, k.id))
"""
_OF_FEW = f"""
    SELECT c.id, k.due_at AS place FROM deadlines_clock k JOIN cases_case c ON c.id = k.subject_id
    WHERE {_RUNNING_FIRST} AND {{after}} AND {{which}}
"""
_OF_MANY = f"""
    SELECT c.id, k.due_at AS place FROM deadlines_clock k CROSS JOIN LATERAL (
        SELECT c.id FROM cases_case c WHERE c.id = k.subject_id AND {{which}} OFFSET 0) c
    WHERE {_RUNNING_FIRST} AND {{after}}
"""
"""Clock by clock in the order of deadlines, until the page is full. Joined freely PostgreSQL does not know that a case
with a running clock is an open one, expects a handful of rows instead of thousands, and sorts them all: 2.1 times as
long with a million closed cases as with ten thousand. OFFSET 0 keeps it from looking into the inner question."""


async def _by_due(found: Conditions, limit: int, after: Position | None) -> Any:
    """By the earliest of a case's clocks that run."""
    place = "TRUE"
    if after is not None:
        place = f"(k.due_at, c.id) > ({found.value(after.at)}, {found.value(after.id)})"
    ways = [
        (_OF_MANY if each == found.territory and not found.few else _OF_FEW).format(
            after=place, which=f"c.closed_at IS NULL AND {found.narrowing} AND {each}"
        )
        for each in found.alternatives
    ]
    return await _page(found, ways, "k.due_at, c.id", "place, id", limit)


async def _page(found: Conditions, ways: Iterable[str], in_order: str, over_all: str, limit: int) -> Any:
    """The first rows of each way in which the reader sees cases, the first of these, and only then what is shown."""
    firsts = " UNION ".join(f"({each} ORDER BY {in_order} LIMIT {limit})" for each in ways)
    picked = f"(SELECT id, place FROM ({firsts}) firsts ORDER BY {over_all} LIMIT {limit}) picked"
    order = over_all.replace("place", "picked.place").replace(" id", " c.id")
    return await fetch(f"{shown(f'{picked} JOIN cases_case c USING (id)')} ORDER BY {order}", *found.values)


def _summary(row: Mapping[str, Any], running: list[ClockRecord]) -> CaseSummary:
    record = reading.record(row, clocks=running, photo_ids=[])
    due = [each.due_at for each in running if each.state == "running" and each.due_at is not None]
    facts = {name: getattr(record, name) for name in CaseSummary.__struct_fields__ if name != "due_at"}
    return CaseSummary(**facts, due_at=min(due, default=None))
