"""Cases that are somebody's own: given to him, opened by him, or about a household that he serves.

The pile of his unit and the cases of his territory are lists to be asked for, not to be carried. The light of a clock
is left to the phone, which has the moments that it hangs on.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.cases import own_queries, reading
from backend.cases.clocks import ROOM
from backend.cases.public import PublicLine, public_line
from backend.deadlines import clock_queries
from backend.deadlines.clock_queries import Held
from backend.deadlines.tables import ClockState
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import EntityName, GoneWhy
from backend.sync.work_schemas import CarriedCase, CarriedClock

LINES = 12
"""Of one case."""


async def _read(reader: Reader) -> Records:
    rows = await own_queries.own_cases(
        person_id=reader.by.person_id,
        closed_since=reader.day_began - reader.policy.closed_for,
        most=reader.policy.most_records,
    )
    ids = [row["id"] for row in rows]
    clocks: dict[UUID, list[Held]] = {id: [] for id in ids}
    for clock in await clock_queries.of_subjects(ROOM, ids):
        clocks[clock.subject_id].append(clock)
    lines = await own_queries.public_lines(ids, reader_id=reader.by.person_id, most=LINES)
    return {
        str(row["id"]): Found(_carried(row, clocks[row["id"]], [public_line(each) for each in lines[row["id"]]]))
        for row in rows
    }


def _carried(row: Mapping[str, Any], clocks: Sequence[Held], lines: list[PublicLine]) -> CarriedCase:
    case = reading.record(row, clocks=[], photo_ids=[])
    plain = {name: getattr(case, name) for name in _AS_IT_IS}
    due = min((each.due_at for each in clocks if each.state is ClockState.RUNNING and each.due_at), default=None)
    return CarriedCase(**plain, due_at=due, clocks=[_clock(each) for each in clocks], lines=lines)


_AS_IT_IS = tuple(name for name in CarriedCase.__struct_fields__ if name not in ("due_at", "clocks", "lines"))


def _clock(clock: Held) -> CarriedClock:
    return CarriedClock(
        **{name: getattr(clock, name) for name in CarriedClock.__struct_fields__ if name != "yellow_from"},
        yellow_from=min(clock.expedite_at, default=None),
    )


async def _why_gone(reader: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Over, or somebody else's now; else there are too many for a phone."""
    rows = await own_queries.standing([UUID(id) for id in gone], person_id=reader.by.person_id)
    return {str(row["id"]): _why(closed=row["closed"], own=row["own"]) for row in rows}


def _why(*, closed: bool, own: bool) -> GoneWhy:
    if closed:
        return GoneWhy.ENDED
    return GoneWhy.PAST if own else GoneWhy.NOT_YOURS


carry(Entity(name=EntityName.CASES, read=_read, why_gone=_why_gone))
