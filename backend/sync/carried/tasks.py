"""My day: what waits for one person, and what ran out or was declined lately and can still be entered as done.

In what order it is done (urgency, then overdue, then due, then the nearest) the phone reckons: `my_day` of the client.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import EntityName, GoneWhy
from backend.sync.work_schemas import CarriedTask
from backend.tasks import queries, reading
from backend.tasks.schemas import TaskRecord
from backend.tasks.tables import WAITING, TaskState


async def _read(reader: Reader) -> Records:
    person_id, since = reader.by.person_id, reader.day_began - reader.policy.closed_for
    waiting = await reading.waiting_for(person_id=person_id)
    lately = (TaskState.EXPIRED, TaskState.DECLINED)
    not_done = await reading.closed_of(person_id=person_id, states=lately, since=since)
    records = [reading.record(row) for row in (*waiting, *not_done)]
    return {str(each.id): Found(_carried(each)) for each in records}


def _carried(task: TaskRecord) -> CarriedTask:
    return CarriedTask(**{name: getattr(task, name) for name in CarriedTask.__struct_fields__})


async def _why_gone(reader: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Over, or with somebody else now; else more urgent ones are too many for a phone."""
    ids = [UUID(id) for id in gone]
    his = await queries.his_among(ids, person_id=reader.by.person_id)
    return {str(id): _why(state, his=id in his) for id, state in (await queries.states(ids)).items()}


def _why(state: TaskState, *, his: bool) -> GoneWhy:
    if state in WAITING:
        return GoneWhy.PAST if his else GoneWhy.NOT_YOURS
    return GoneWhy.NOT_YOURS if state is TaskState.HANDED_OVER else GoneWhy.ENDED


carry(Entity(name=EntityName.TASKS, read=_read, why_gone=_why_gone))
