"""Contacts of the last weeks: my own, and whoever's with the households that I serve.

Carrying one is not looking at it: flags stay unseen until somebody reads the visit by itself or answers, so that they
are shown first to the one flagged (`visits.flags`).
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import EntityName, GoneWhy
from backend.sync.work_schemas import CarriedVisit
from backend.visits import queries
from backend.visits.schemas import VisitRecord


async def _read(reader: Reader) -> Records:
    visits = await queries.own_visits(
        person_id=reader.by.person_id,
        since=reader.day_began - reader.policy.visits_for,
        now=reader.day_began,
        most=reader.policy.most_records,
    )
    return {str(visit.id): Found(_carried(visit)) for visit in visits}


def _carried(visit: VisitRecord) -> CarriedVisit:
    return CarriedVisit(**{name: getattr(visit, name) for name in CarriedVisit.__struct_fields__})


async def _why_gone(reader: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Somebody else serves the household now; else it is older than what phones carry."""
    own = await queries.own_or_not([UUID(id) for id in gone], person_id=reader.by.person_id)
    return {str(id): GoneWhy.PAST if still else GoneWhy.NOT_YOURS for id, still in own.items()}


carry(Entity(name=EntityName.VISITS, read=_read, why_gone=_why_gone))
