"""My day: what waits for me in the order of doing it, what was not done lately, and what I did."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from backend.core import clock
from backend.people.actors import Actor
from backend.tasks import reading
from backend.tasks.rules import NOT_DONE_SHOWN, in_order
from backend.tasks.schemas import MyTasks, TaskRecord
from backend.tasks.tables import WAITING, TaskState
from backend.territory.coordinates import Crs
from backend.territory.points import Point, columns

CLOSED_SHOWN = timedelta(days=90)
"""How far back a list of one closed state goes."""


async def my_tasks(
    *,
    by: Actor,
    near: Point | None = None,
    day: date | None = None,
    state: TaskState | None = None,
    crs: Crs = Crs.WGS84,
) -> MyTasks:
    """What waits for `by`: the most urgent first, then what is overdue, then by due time, then the nearest.

    near   where he is, in any coordinate system; without it, distance decides nothing
    day    whose done tasks are in `done_today`; Shandong's today unless told
    state  only those: `open` or `acknowledged` ones that wait, or his closed ones of 90 days, the latest first
    crs    of the points in the answer

    What ran out or was declined within the last 14 days is in `not_done`: it can still be entered as done. The cost is
    that of his own waiting tasks and of his latest closed ones. Raises PointOutside (400).
    """
    here = None
    if near is not None:
        place = columns(near)
        here = place["longitude"], place["latitude"]

    def records(rows: Iterable[reading.Row]) -> list[TaskRecord]:
        return [reading.record(row, here=here, crs=crs) for row in rows]

    if state is not None and state not in WAITING:
        since = clock.now() - CLOSED_SHOWN
        closed = await reading.closed_of(person_id=by.person_id, states=(state,), since=since)
        return MyTasks(records(closed), [], [])
    waiting = await reading.waiting_for(person_id=by.person_id, states=WAITING if state is None else (state,))
    starts, ends = _bounds(day or clock.today())
    return MyTasks(
        in_order(records(waiting)),
        records(await _not_done(by)) if state is None else [],
        records(await reading.closed_of(person_id=by.person_id, states=(TaskState.DONE,), since=starts, until=ends)),
    )


async def _not_done(by: Actor) -> Iterable[reading.Row]:
    since = clock.now() - NOT_DONE_SHOWN
    return await reading.closed_of(person_id=by.person_id, states=(TaskState.EXPIRED, TaskState.DECLINED), since=since)


def _bounds(day: date) -> tuple[datetime, datetime]:
    starts = datetime.combine(day, time(), tzinfo=clock.SHANGHAI)
    return starts, starts + timedelta(days=1)
