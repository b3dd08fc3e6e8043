"""Warnings that one has now, never whom they are about: that is sealed, is read online, and its reading is logged."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.antifraud import reading
from backend.antifraud.warning_schemas import FraudWarningRecord
from backend.sync.duty_schemas import CarriedWarning
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import EntityName, GoneWhy


async def _read(reader: Reader) -> Records:
    mine = await reading.list_my_warnings(by=reader.by)
    return {str(each.id): Found(_carried(each)) for each in mine[: reader.policy.most_records]}


def _carried(warning: FraudWarningRecord) -> CarriedWarning:
    return CarriedWarning(**{name: getattr(warning, name) for name in CarriedWarning.__struct_fields__})


async def _why_gone(_: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Closed or erased, or handed on."""
    over = await reading.over_among([UUID(id) for id in gone])
    return {id: GoneWhy.ENDED if UUID(id) in over else GoneWhy.NOT_YOURS for id in gone}


carry(Entity(name=EntityName.WARNINGS, read=_read, why_gone=_why_gone))
