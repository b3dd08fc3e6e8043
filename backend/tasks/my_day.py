"""My day: what waits for me in the order of doing it, what ran out lately, and what I did."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from backend.core import clock
from backend.people.actors import Actor
from backend.tasks import reading
from backend.tasks.rules import EXPIRED_SHOWN, in_order
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

    What ran out within the last 14 days is in `expired`: it may have been done, and can still be entered. The cost is
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
        closed = await reading.closed_of(person_id=by.person_id, state=state, since=since)
        return MyTasks(records(closed), [], [])
    waiting = await reading.waiting_for(person_id=by.person_id, states=WAITING if state is None else (state,))
    starts, ends = _bounds(day or clock.today())
    return MyTasks(
        in_order(records(waiting)),
        records(await _expired(by)) if state is None else [],
        records(await reading.closed_of(person_id=by.person_id, state=TaskState.DONE, since=starts, until=ends)),
    )


async def _expired(by: Actor) -> Iterable[reading.Row]:
    since = clock.now() - EXPIRED_SHOWN
    return await reading.closed_of(person_id=by.person_id, state=TaskState.EXPIRED, since=since)


def _bounds(day: date) -> tuple[datetime, datetime]:
    starts = datetime.combine(day, time(), tzinfo=clock.SHANGHAI)
    return starts, starts + timedelta(days=1)
