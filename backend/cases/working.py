"""What the unit that has a case does with it: stand still and go on, report back, note, resolve, explain, reject.

at   of a verb: when it was done, where that was offline
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.cases import notices, records
from backend.cases.schemas import CaseRecord
from backend.cases.steps import Taken, take
from backend.core.database import transaction
from backend.media.actions import claim_photos
from backend.people.actors import Actor


@transaction
async def suspend(*, case_id: UUID, id: UUID, reason_code: str, remark: str, by: Actor) -> CaseRecord:
    """Stand still, with both clocks: somebody else has to do something first. The citizen reads the remark.

    reason_code  waiting_for_citizen, weather, …: codes of the room of deadlines

    Raises what `steps.take` raises.
    """
    said: dict[str, object] = {"reason_code": reason_code, "words": remark.strip()}
    return await _plain("suspended", case_id, id, said, by, reason=remark)


@transaction
async def resume(*, case_id: UUID, id: UUID, remark: str = "", by: Actor) -> CaseRecord:
    """Go on, with both clocks. Raises what `steps.take` raises."""
    return await _plain("resumed", case_id, id, {"words": remark.strip()}, by)


@transaction
async def respond(*, case_id: UUID, id: UUID, remark: str, by: Actor, at: datetime | None = None) -> CaseRecord:
    """An answer in substance while the work goes on: it stops the clock for reporting back.

    Raises what `steps.take` raises.
    """
    return await _plain("responded", case_id, id, {"words": remark.strip()}, by, at=at)


@transaction
async def note(*, case_id: UUID, id: UUID, remark: str, by: Actor, at: datetime | None = None) -> CaseRecord:
    """A remark for staff; the citizen never reads it. Raises what `steps.take` raises."""
    return await _plain("noted", case_id, id, {"remark": remark.strip()}, by, at=at)


@transaction
async def resolve(
    *,
    case_id: UUID,
    id: UUID,
    remark: str,
    photo_ids: Sequence[UUID] = (),
    by: Actor,
    at: datetime | None = None,
) -> CaseRecord:
    """What was asked for is done; the photos show it. Both clocks stop.

    Raises what `steps.take` raises; PhotoUnknown (404), PhotoClaimed (409).
    """
    said: dict[str, object] = {"words": remark.strip(), "photo_ids": list(photo_ids)}
    return await _ended("resolved", case_id, id, said, by, photo_ids=photo_ids, at=at)


@transaction
async def explain(
    *, case_id: UUID, id: UUID, reason_code: str, remark: str, proof_photo_ids: Sequence[UUID] = (), by: Actor
) -> CaseRecord:
    """It cannot be done, and why was explained: counted apart from what was solved. Both clocks stop.

    Raises what `steps.take` raises; PhotoUnknown (404), PhotoClaimed (409).
    """
    photos = list(proof_photo_ids)
    said: dict[str, object] = {"reason_code": reason_code, "words": remark.strip(), "photo_ids": photos}
    return await _ended("explained", case_id, id, said, by, reason=remark, photo_ids=proof_photo_ids)


@transaction
async def reject(*, case_id: UUID, id: UUID, reason: str, by: Actor, at: datetime | None = None) -> CaseRecord:
    """What is asked for is unreasonable; the citizen reads why, and may contest it. Both clocks stop.

    Raises what `steps.take` raises.
    """
    return await _ended("rejected", case_id, id, {"words": reason.strip()}, by, reason=reason, at=at)


async def _plain(
    step: str,
    case_id: UUID,
    id: UUID,
    said: dict[str, object],
    by: Actor,
    *,
    reason: str | None = None,
    at: datetime | None = None,
) -> CaseRecord:
    await take(step, case_id=case_id, id=id, by=by, said=said, reason=reason, at=at)
    return await records.read(case_id)


async def _ended(
    step: str,
    case_id: UUID,
    id: UUID,
    said: dict[str, object],
    by: Actor,
    *,
    reason: str | None = None,
    photo_ids: Sequence[UUID] = (),
    at: datetime | None = None,
) -> CaseRecord:
    taken = await take(step, case_id=case_id, id=id, by=by, said=said, reason=reason, at=at)
    if taken.new:
        await claim(taken, photo_ids, by=by)
        await notices.settle_all(taken.before, by=by)
    return await records.read(case_id)


@transaction
async def add_photos(
    *,
    case_id: UUID,
    id: UUID,
    photo_ids: Sequence[UUID],
    by: Actor | None,
    opener: str | None = None,
    at: datetime | None = None,
) -> CaseRecord:
    """More photos of the matter, from the citizen (`by=None` with his `opener`) or whoever writes for him.

    Raises what `steps.take` raises; PhotoUnknown (404), PhotoClaimed (409).
    """
    said: dict[str, object] = {"photo_ids": list(photo_ids)}
    taken = await take("photos_added", case_id=case_id, id=id, by=by, said=said, at=at)
    if taken.new:
        await claim(taken, photo_ids, by=by, opener=opener)
    return await records.read(case_id)


async def claim(taken: Taken, photo_ids: Sequence[UUID], *, by: Actor | None, opener: str | None = None) -> None:
    """Make photos part of the case: only those of `by` or `opener`. Raises PhotoUnknown (404), PhotoClaimed (409)."""
    if by is None and opener is None:
        raise ValueError("whose photos?")
    if photo_ids:
        await claim_photos(
            photo_ids=photo_ids,
            kind="case",
            record_id=taken.before.id,
            division_code=taken.before.division_code,
            household_id=taken.before.household,
            uploaded_by=by.person_id if by else None,
            opener=opener,
        )
