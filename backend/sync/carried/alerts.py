"""Public warnings where one serves, those that begin later too; whether one has begun or is over the phone reckons."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.alerts import lists
from backend.alerts.schemas import AlertRecord
from backend.sync.duty_schemas import CarriedAlert, CarriedArea
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import EntityName, GoneWhy

_SAME = tuple(name for name in CarriedAlert.__struct_fields__ if name != "areas")


async def _read(reader: Reader) -> Records:
    page = await lists.list_alerts(by=reader.by, in_force=True, limit=reader.policy.most_records)
    return {str(each.id): Found(_carried(each)) for each in page.items}


def _carried(alert: AlertRecord) -> CarriedAlert:
    areas = [CarriedArea(area.description, area.geocodes) for area in alert.areas]
    return CarriedAlert(**{name: getattr(alert, name) for name in _SAME}, areas=areas)


async def _why_gone(_: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Cancelled, replaced or over, or for other places and roles than one's own."""
    over = await lists.over_among([UUID(id) for id in gone])
    return {id: GoneWhy.ENDED if UUID(id) in over else GoneWhy.NOT_YOURS for id in gone}


carry(Entity(name=EntityName.ALERTS, read=_read, why_gone=_why_gone))
