"""What may be done with a photo: keep it, make it part of a record."""

from collections.abc import AsyncIterator, Collection
from uuid import UUID

from backend.core import ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.media import claim_queries, queries, receiving, records
from backend.media.receiving import Door, Owner
from backend.media.refusals import PhotoClaimed, PhotoUnknown
from backend.media.schemas import PhotoRecord


async def upload_photo(
    *,
    source: AsyncIterator[bytes],
    sha256: bytes,
    file_name: str,
    photo_id: UUID | None,
    uploaded_by: UUID | None,
    owner: Owner | None = None,
    door: Door = Door.API,
) -> Outcome[PhotoRecord]:
    """One upload of a person, or of an owner without an account; idempotent by `photo_id`. `sha256` is the source's.

    Raises DifferentArguments (409) when that id came before with other bytes or from somebody else.
    """
    former = await queries.photo(photo_id) if photo_id else None
    if former is not None:
        receiving.must_be_the_same(former, sha256, uploaded_by, owner)
        return Outcome(records.record(former), created=False)
    return await receiving.receive(
        source=source,
        sha256=sha256,
        file_name=file_name,
        photo_id=photo_id or ids.uuid7(),
        uploaded_by=uploaded_by,
        owner=owner,
        door=door,
    )


async def keep_photo(
    *, content: bytes, file_name: str, uploaded_by: UUID | None, photo_id: UUID | None = None, door: Door = Door.API
) -> PhotoRecord:
    """Keep a photo; when this returns outside a transaction, all of it is on disk and waits for its verdict.

    Raises DifferentArguments (409) when `photo_id` stands for other bytes or another sender.
    """
    kept = await receiving.receive(
        source=content, file_name=file_name, photo_id=photo_id or ids.uuid7(), uploaded_by=uploaded_by, door=door
    )
    return kept.record


@transaction
async def claim_photos(
    *,
    photo_ids: Collection[UUID],
    kind: str,
    record_id: UUID,
    division_code: str,
    household_id: UUID | None = None,
    uploaded_by: UUID | None = None,
    opener: str | None = None,
) -> None:
    """Make photos part of a record, whose scope they take on. Twice is harmless.

    kind          `visit`, …
    household_id  whoever serves it may see them
    uploaded_by   when given, only this person's photos: pass it wherever ids come from outside, or one person could
                  take up, and then look at, the photo of another
    opener        the same for what no account sent: `Opener.identity` of whoever claims

    Raises PhotoUnknown (404), PhotoClaimed (409).
    """
    claimed = await claim_queries.claim(
        photo_ids,
        kind=kind,
        record_id=record_id,
        division_code=division_code,
        household_id=household_id,
        uploaded_by=uploaded_by,
        opener=opener,
    )
    missing = set(photo_ids) - claimed
    if not missing:
        return
    known = await claim_queries.known(missing, uploaded_by=uploaded_by, opener=opener)
    if known:
        raise PhotoClaimed("Photo {id} belongs to another record: send the photo again.", id=str(min(known)))
    raise PhotoUnknown("Photo {id} is not known: send it before the record.", id=str(min(missing)))


async def release_photos(*, kind: str, record_id: UUID) -> None:
    """A record lets go of its photos, so that another takes them in the same transaction."""
    await claim_queries.release(kind=kind, record_id=record_id)


async def move_claim(*, kind: str, record_id: UUID, division_code: str, household_id: UUID | None) -> None:
    """A record moved to another place or household: its photos are seen by whoever sees it now."""
    await claim_queries.move_claim(
        kind=kind, record_id=record_id, division_code=division_code, household_id=household_id
    )
