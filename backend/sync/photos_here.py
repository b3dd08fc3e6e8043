"""Photos that a command names: here, or still on their way. Any command that takes photos asks here first."""

from collections.abc import Collection
from uuid import UUID

from backend.media import carrying
from backend.sync.command_kinds import Doing, NotHereYet


async def must_be_here(photo_ids: Collection[UUID], *, doing: Doing) -> None:
    """Raises NotHereYet where one has not come; those that the carrier sent for the author are the author's then."""
    missing = set(photo_ids) - await here(photo_ids, author_id=doing.by.person_id, carrier_id=doing.carrier.person_id)
    if missing:
        raise NotHereYet(sorted(missing))


async def here(photo_ids: Collection[UUID], *, author_id: UUID, carrier_id: UUID) -> set[UUID]:
    """Those that have come, sent by the author or by whoever carried his commands."""
    if not photo_ids:
        return set()
    if carrier_id != author_id:
        await carrying.hand_to_author(photo_ids=photo_ids, sent_by=carrier_id, author_id=author_id)
    return await carrying.those_here(photo_ids=photo_ids, uploaded_by=author_id)
