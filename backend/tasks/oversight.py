"""What a territory has to do: for those who oversee it, because somebody has to see what nobody does."""

from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import fetch
from backend.core.paging import Page, Position, page, position
from backend.core.statements import Conditions
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.household_queries import SERVED_ON
from backend.tasks import reading
from backend.tasks.queries import IS_WAITING
from backend.tasks.schemas import TaskRecord
from backend.tasks.tables import WAITING, TaskState
from backend.territory import queries as territory


class TaskFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to.

    assignee_id  who has it today, be it by name or because he serves the household
    nobody       it waits for a household that nobody serves today
    overdue      it waits, and its due time has passed
    """

    state: TaskState | None = None
    origin_room: str | None = None
    origin_id: UUID | None = None
    division_code: str | None = None
    assignee_id: UUID | None = None
    nobody: bool = False
    overdue: bool = False


async def list_tasks(
    *, by: Actor, filters: TaskFilters | None = None, limit: int = 50, cursor: str | None = None
) -> Page[TaskRecord]:
    """Tasks of the territory that `by` oversees, those asked last first.

    Raises Forbidden (403) without the role, DivisionUnknown (404), Invalid (400).
    """
    by.must_have(*OVERSEERS)
    filters = filters or TaskFilters()
    found = Conditions(clock.today())
    found.parts.append(found.under(_CODE, visible_to(by).prefixes))
    if filters.division_code:
        division = await territory.division(code=filters.division_code, on=clock.today())
        found.parts.append(found.under(_CODE, await territory.prefixes(division_id=division.id)))
    _narrow(found, filters)
    if after := position(cursor):
        found.add("(t.asked_at, t.id) < ({}, {})", after.at, after.id)
    rows = await fetch(_statement(found, limit + 1), *found.values)
    return page([reading.record(row) for row in rows], limit, lambda task: Position(task.asked_at, task.id))


def _narrow(found: Conditions, filters: TaskFilters) -> None:
    for column in ("state", "origin_room", "origin_id"):
        if (value := getattr(filters, column)) is not None:
            found.add(f"t.{column} = {{}}", value)
    if filters.state in WAITING or filters.overdue or filters.nobody:
        found.add(f"t.{IS_WAITING}")  # said once more, for the partial index
    if filters.overdue:
        found.add("t.due_at < {}", clock.now())
    if filters.assignee_id:
        found.add(f"t.id IN ({_HAS})", filters.assignee_id)
    if filters.nobody:
        found.add(f"t.assignee IS NULL AND NOT EXISTS ({_SERVED})")


def _statement(found: Conditions, limit: int) -> str:
    first = f"(SELECT t.* FROM tasks_task t WHERE {found.sql} ORDER BY t.asked_at DESC, t.id DESC LIMIT {limit})"
    return f"{reading.TASK.format(found=first)} ORDER BY t.asked_at DESC, t.id DESC"


_CODE = "t.division_code"
_SERVED = f"SELECT FROM people_household_service s WHERE s.household = t.household AND {SERVED_ON.format(n=1)}"
_CLOSED = "closed_at IS NOT NULL"
_HAS = " UNION ALL ".join(
    f"""
    SELECT a.id FROM tasks_task a WHERE a.assignee = {{0}} AND a.{of_state}
    UNION ALL
    SELECT a.id FROM people_household_service s JOIN tasks_task a ON a.household = s.household
    WHERE s.person = {{0}} AND {SERVED_ON.format(n=1)} AND a.assignee IS NULL AND a.{of_state}
    """
    for of_state in (IS_WAITING, _CLOSED)
)
"""Four short look-ups, one for each partial index: as one OR, a table of 300,000 took 160 ms."""
