"""One's shifts from yesterday on, and those that colleagues ask one to take."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.rosters import queries, shifts, swaps
from backend.rosters.schemas import ShiftRecord, SwapRecord
from backend.rosters.tables import ShiftState
from backend.sync.duty_schemas import CarriedOffer, CarriedShift
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.words import EntityName, GoneWhy

LONGEST = timedelta(hours=72)
"""A shift, by a constraint: one that began three days ago may run still."""

_OF_SHIFT = ("id", "unit_id", "unit_name", "post", "starts_at", "ends_at", "state", "follows")
_OF_OWN = (*_OF_SHIFT, "offered_to", "confirmed_at", "missed_at", "entered_late")
_OF_OFFER = ("id", "offered_by", "offered_by_name", "offered_at", "remark")


async def _read(reader: Reader) -> Records:
    yesterday = reader.day_began - timedelta(days=1)
    offers = await swaps.my_offers(by=reader.by)
    own = await shifts.list_shifts(
        by=reader.by,
        mine=True,
        starts_from=yesterday - LONGEST,
        starts_to=reader.day_began + reader.policy.shifts_for,
        limit=max(reader.policy.most_records - len(offers), 1),
    )
    lately = [CarriedShift(**_told(each, _OF_OWN)) for each in own.items if each.ends_at > yesterday]
    return {str(each.id): Found(each) for each in (*map(_offered, offers), *lately)}


def _offered(swap: SwapRecord) -> CarriedShift:
    """What a colleague's shift is to whoever is asked to take it: when, where, and what he wants for it."""
    in_return = swap.in_return.id if swap.in_return else None
    offer = CarriedOffer(**_told(swap, _OF_OFFER), in_return_shift_id=in_return)
    return CarriedShift(**_told(swap.shift, _OF_SHIFT), offer=offer)


def _told(record: ShiftRecord | SwapRecord, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


async def _why_gone(_: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Cancelled or over, or a colleague's."""
    rows = await queries.shifts_by_id([UUID(id) for id in gone])
    now = clock.now()
    over = {row["id"]: row["state"] == ShiftState.CANCELLED or row["ends_at"] <= now for row in rows}
    return {str(id): GoneWhy.ENDED if is_over else GoneWhy.NOT_YOURS for id, is_over in over.items()}


carry(Entity(name=EntityName.SHIFTS, read=_read, why_gone=_why_gone))
