"""Photos that arrive after their visit: ODK Collect splits an upload when the line is thin."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.core.database import transaction
from backend.media.actions import claim_photos
from backend.people.actors import Actor
from backend.visits import flags, photo_lookups
from backend.visits.actions import VisitUnknown
from backend.visits.flags import Flag
from backend.visits.schemas import NewVisitPhoto
from backend.visits.tables import Visit, VisitFlag, VisitPhoto


@transaction
async def attach_photos(*, visit_id: UUID, photos: Sequence[NewVisitPhoto], by: Actor) -> str:
    """Add photos to one's own visit and give its division's code. Those it has already stay as they are; a reused
    picture raises its flag.

    Raises VisitUnknown (404), PhotoUnknown (404), PhotoClaimed (409).
    """
    mine = (Visit.id == visit_id) & (Visit.recorded_by == by.person_id)
    visit = await Visit.select(Visit.division_code, Visit.household).where(mine).first()
    if visit is None:
        raise VisitUnknown("There is no such visit, or it is not yours to see.", id=str(visit_id))
    there = await VisitPhoto.select(VisitPhoto.photo).where(VisitPhoto.visit == visit_id)
    known = {row["photo"] for row in there}
    fresh = [photo for photo in photos if photo.photo_id not in known]
    if fresh:
        await _attach(visit_id, fresh, visit, by)
    return visit["division_code"]


async def _attach(visit_id: UUID, photos: Sequence[NewVisitPhoto], visit: Mapping[str, Any], by: Actor) -> None:
    photo_ids = [photo.photo_id for photo in photos]
    await claim_photos(
        photo_ids=photo_ids,
        kind="visit",
        record_id=visit_id,
        division_code=visit["division_code"],
        household_id=visit["household"],
        uploaded_by=by.person_id,
    )
    rows = [VisitPhoto(id=ids.uuid7(), visit=visit_id, photo=photo.photo_id, kind=photo.kind.value) for photo in photos]
    await VisitPhoto.insert(*rows).on_conflict(action="DO NOTHING")
    seen = await photo_lookups.look_at_photos(photo_ids, by=by)
    others = [other for facts in seen.values() for other in facts.other_visits if other != visit_id]
    flag = flags.photo_reused(others)
    if flag is not None:
        await VisitFlag.insert(_row(visit_id, flag)).on_conflict(action="DO NOTHING")


async def without(photos_of: Mapping[UUID, Sequence[UUID]]) -> set[UUID]:
    """Those visits that do not have all of the photos named for them."""
    rows = await VisitPhoto.select(VisitPhoto.visit, VisitPhoto.photo).where(VisitPhoto.visit.is_in(list(photos_of)))
    has = {(row["visit"], row["photo"]) for row in rows}
    return {visit for visit, named in photos_of.items() if any((visit, photo) not in has for photo in named)}


def _row(visit_id: UUID, flag: Flag) -> VisitFlag:
    return VisitFlag(
        id=ids.uuid7(),
        visit=visit_id,
        kind=flag.kind.value,
        measured=flag.measured,
        threshold=flag.threshold,
        facts=msgspec.json.encode(flag.facts).decode(),
        raised_at=clock.now(),
    )
