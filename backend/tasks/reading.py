"""Reads of tasks as people see them: with who has it today, where it is, and how far away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.people.household_queries import SERVED_ON
from backend.tasks.queries import IS_WAITING
from backend.tasks.schemas import Place, TaskRecord
from backend.tasks.tables import WAITING, DeclineReason, TaskKind, TaskState, Urgency
from backend.territory.coordinates import Crs, distance_m, from_wgs84
from backend.territory.points import DECIMALS

Row = Mapping[str, Any]
Here = tuple[float, float]
"""Longitude and latitude in WGS-84."""

MOST = 500
"""Of one list of one's own; whoever has more open sees the most urgent and the earliest due of them."""

TASK = f"""
SELECT t.*, COALESCE(t.assignee, s.person) AS holder, p.name AS holder_name, h.code AS household_code,
       COALESCE(t.longitude, h.longitude) AS at_longitude, COALESCE(t.latitude, h.latitude) AS at_latitude,
       (SELECT d.name FROM territory_division d WHERE d.code = t.division_code ORDER BY d.valid_from DESC LIMIT 1)
           AS division_name,
       before.close_remark AS handed_remark, giver.name AS handed_by_name, closer.name AS closed_by_name
FROM {{found}} t
LEFT JOIN people_household h ON h.id = t.household
LEFT JOIN people_household_service s ON t.assignee IS NULL AND s.household = t.household AND {SERVED_ON.format(n=1)}
LEFT JOIN people_person p ON p.id = COALESCE(t.assignee, s.person)
LEFT JOIN tasks_task before ON before.handed_to = t.id
LEFT JOIN people_person giver ON giver.id = before.closed_by
LEFT JOIN people_person closer ON closer.id = t.closed_by
"""
"""Tasks with who has them on the day $1."""

_MINE = """(
    SELECT t.* FROM tasks_task t WHERE t.assignee = $2 AND t.{condition}
    UNION ALL
    SELECT t.* FROM people_household_service s JOIN tasks_task t ON t.household = s.household
    WHERE s.person = $2 AND {served} AND t.assignee IS NULL AND t.{condition}
)"""
_MOST_URGENT = "ORDER BY array_position(ARRAY['emergency', 'high', 'normal', 'low'], t.urgency::text), t.due_at, t.id"


async def waiting_for(*, person_id: UUID, states: Sequence[TaskState] = WAITING) -> Sequence[Row]:
    """What waits for somebody: asked of him, or open for a household that he serves today."""
    found = _mine(f"{IS_WAITING} AND t.state = ANY($3)")
    return await fetch(_most(found, _MOST_URGENT), clock.today(), person_id, list(states))


async def closed_of(
    *, person_id: UUID, states: Sequence[TaskState], since: datetime, until: datetime | None = None
) -> Sequence[Row]:
    """His own in these closed states, the latest first; also those of others that he closed himself."""
    closed = "closed_at >= $4 AND ($5::timestamptz IS NULL OR t.closed_at < $5) AND t.state = ANY($3)"
    by_him = f"(SELECT t.* FROM tasks_task t WHERE t.closed_by = $2 AND t.{closed})"
    found = f"(SELECT * FROM {_mine(closed)} m UNION SELECT * FROM {by_him} c)"
    order = "ORDER BY t.closed_at DESC, t.id"
    return await fetch(_most(found, order), clock.today(), person_id, list(states), since, until)


def _mine(condition: str) -> str:
    return _MINE.format(condition=condition, served=SERVED_ON.format(n=1))


def _most(found: str, order: str) -> str:
    return f"{TASK.format(found=found)} {order} LIMIT {MOST}"


async def task(task_id: UUID, *, lock: bool = False) -> Row | None:
    """One task; `lock` holds it to the transaction's end."""
    held = " FOR UPDATE OF t" if lock else ""
    return await fetch_row(TASK.format(found="tasks_task") + "WHERE t.id = $2" + held, clock.today(), task_id)


async def one(task_id: UUID) -> TaskRecord:
    """A task that is there, as it is now."""
    row = await task(task_id)
    if row is None:
        raise LookupError(f"No task {task_id}")
    return record(row)


def record(row: Row, *, here: Here | None = None, crs: Crs = Crs.WGS84) -> TaskRecord:
    """A row of `TASK` for the wire."""
    plain = {name: row[name] for name in _AS_THEY_ARE}
    return TaskRecord(
        **plain,
        kind=TaskKind(row["kind"]),
        urgency=Urgency(row["urgency"]),
        state=TaskState(row["state"]),
        overdue=_overdue(row),
        assignee_id=row["holder"],
        assignee_name=row["holder_name"],
        household_id=row["household"],
        point=_place(row, crs),
        distance_m=_distance_m(row, here),
        close_reason=DeclineReason(row["close_reason"]) if row["close_reason"] else None,
    )


_AS_THEY_ARE = (
    *("id", "title_zh", "title_en", "detail_zh", "detail_en", "due_at", "expires_at", "household_code"),
    *("division_code", "division_name", "origin_room", "origin_id", "link", "office_phone", "headcount"),
    *("asked_by", "asked_at", "acknowledged_at", "closed_at", "closed_by", "done_on", "done_at", "entered_late"),
    *("closed_by_name", "close_remark", "handed_to", "handed_by_name", "handed_remark"),
)


def _overdue(row: Row) -> bool:
    return row["state"] in WAITING and row["due_at"] is not None and row["due_at"] < clock.now()


def _place(row: Row, crs: Crs) -> Place | None:
    if row["at_longitude"] is None:
        return None
    longitude, latitude = from_wgs84(row["at_longitude"], row["at_latitude"], crs)
    return Place(crs, round(longitude, DECIMALS), round(latitude, DECIMALS))


def _distance_m(row: Row, here: Here | None) -> int | None:
    if here is None or row["at_longitude"] is None:
        return None
    return round(distance_m(here, (row["at_longitude"], row["at_latitude"])))
