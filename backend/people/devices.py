"""The phones and browsers somebody signed in from. A revoked one is out at its next request."""

from uuid import UUID

from backend.core import clock, ids
from backend.core.database import transaction
from backend.people.access_tables import Device, RefreshToken
from backend.people.actors import Actor
from backend.people.refusals import DeviceUnknown
from backend.people.schemas import DeviceRecord


async def device_of(*, person_id: UUID, label: str, device_id: UUID | None) -> UUID:
    """The device of a sign-in: the one named, if it is this person's own and not revoked, else a new one.

    A phone that two persons share is two devices, so revoking it for one leaves the other signed in.
    """
    mine = (Device.id == device_id) & (Device.person == person_id) & Device.revoked_at.is_null()
    if device_id and await Device.update({Device.last_seen_at: clock.now()}).where(mine).returning(Device.id):
        return device_id
    fresh = Device(
        id=ids.uuid7(),
        person=person_id,
        label=label[:120],
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
    )
    await Device.insert(fresh)
    return UUID(str(fresh.id))


async def list_devices(*, by: Actor) -> list[DeviceRecord]:
    """One's own devices, the last seen first."""
    rows = await Device.select().where(Device.person == by.person_id).order_by(Device.last_seen_at, ascending=False)
    return [
        DeviceRecord(
            id=row["id"],
            label=row["label"],
            first_seen_at=row["first_seen_at"],
            last_seen_at=row["last_seen_at"],
            revoked_at=row["revoked_at"],
            this_device=row["id"] == by.device_id,
        )
        for row in rows
    ]


@transaction
async def revoke_device(*, device_id: UUID, by: Actor) -> None:
    """Sign one of one's own devices out; done twice it is the same. Raises DeviceUnknown (404)."""
    mine = (Device.id == device_id) & (Device.person == by.person_id)
    if not await Device.exists().where(mine):
        raise DeviceUnknown
    await Device.update({Device.revoked_at: clock.now()}).where(mine & Device.revoked_at.is_null())
    tokens = (RefreshToken.device == device_id) & RefreshToken.revoked_at.is_null()
    await RefreshToken.update({RefreshToken.revoked_at: clock.now()}).where(tokens)
