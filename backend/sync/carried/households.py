"""My households: those I serve today. A name is opened, and that is logged, only for those that are sent."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from backend.people.contact_names import contact_names
from backend.people.household_queries import closed_or_not
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import EntityName, GoneWhy
from backend.sync.work_schemas import CarriedHousehold
from backend.visits.households import facts, served_households


async def _read(reader: Reader) -> Records:
    rows = await served_households(person_id=reader.by.person_id, on=reader.day)
    first = sorted(rows, key=lambda row: row["code"])[: reader.policy.most_records]
    return {str(row["id"]): Found(_carried(row), row["contact_name_sealed"] or b"") for row in first}


def _carried(row: Mapping[str, Any]) -> CarriedHousehold:
    return CarriedHousehold(id=row["id"], **facts(row))


async def _finished(reader: Reader, found: Mapping[str, Any]) -> Mapping[str, Any]:
    names = await contact_names(
        household_ids=[each.id for each in found.values()], by=reader.by, request_id=reader.request_id
    )
    return {id: replace(each, contact_name=names.get(each.id)) for id, each in found.items()}


async def _why_gone(_: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Closed, or somebody else serves it now."""
    closed = await closed_or_not(household_ids=[UUID(id) for id in gone])
    return {str(id): GoneWhy.ENDED if over else GoneWhy.NOT_YOURS for id, over in closed.items()}


carry(Entity(name=EntityName.HOUSEHOLDS, read=_read, why_gone=_why_gone, finished=_finished))
