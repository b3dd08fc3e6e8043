"""What may be done with a photo: keep it, claim it, read it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Position
from backend.core.refusals import Refusal
from backend.core.words import Term
from backend.media import claim_queries, contents, queries, receiving, records
from backend.media.downloads import FOR_GOOD, File
from backend.media.facts import Kind, PhotoState, Reason
from backend.media.filters import PhotoFilters
from backend.media.receiving import Door, Owner
from backend.media.schemas import PhotoRecord
from backend.media.signed_addresses import VOICE, AddressExpired, read_token
from backend.media.verdicts import SENTENCES
from backend.people.access_log import note_access
from backend.people.actors import Actor, Scope, visible_to

NO_PICTURE = "It is no picture."
NO_VOICE = "It is no voice note."
STILL_WAITING = "It is still being looked at. Ask again in a few seconds."


class PhotoUnknown(Refusal):
    """No such photo, or not one that this person sent or may see."""

    status, code, title = 404, "media/photo-unknown", "No such photo"


class NoCopy(Refusal):
    """The photo waits, was refused or purged, or is no picture, so there is no copy of it."""

    status, code, title = 404, "media/no-copy", "There is no picture to show"


class PhotoClaimed(Refusal):
    """A photo belongs to one record."""

    status, code, title = 409, "media/photo-claimed", "This photo belongs to another record"


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


async def photo_for(*, photo_id: UUID, scope: Scope) -> Mapping[str, Any]:
    """The row of a photo that this reader may see. Raises PhotoUnknown (404)."""
    row = await queries.photo_in_scope(photo_id, scope)
    if row is None:
        raise PhotoUnknown("There is no photo {id} that you may see.", id=str(photo_id))
    return row


async def original_for(*, photo_id: UUID, scope: Scope) -> Mapping[str, Any]:
    """The same with an original that can be read. Raises PhotoUnknown (404), NoCopy (404) for a purged one."""
    row = await photo_for(photo_id=photo_id, scope=scope)
    if row["key_sealed"] is None:
        raise _no_copy(SENTENCES[Reason.PURGED])
    return row


def must_have_copy(photo: Mapping[str, Any]) -> None:
    """Raises NoCopy (404) unless there is a picture to show."""
    if photo["key_sealed"] is None:
        raise _no_copy(SENTENCES[Reason.PURGED])
    if photo["state"] == PhotoState.WAITING:
        raise _no_copy(STILL_WAITING)
    if photo["kind"] != Kind.PHOTO:
        raise _no_copy(NO_PICTURE)
    if photo["state"] == PhotoState.REFUSED:
        raise _no_copy(SENTENCES[Reason(photo["reasons"][0])])


def _no_copy(why: str) -> NoCopy:
    return NoCopy("There is nothing to show: {verdict}", verdict=Term(why))


async def copy_of(photo: Mapping[str, Any], *, name: str) -> bytes:
    """One copy (`"1600"`, `"320"`), unsealed. Raises NoCopy (404)."""
    must_have_copy(photo)
    return await contents.copy(photo, name)


@transaction
async def open_original(*, photo_id: UUID, by: Actor, request_id: str) -> Mapping[str, Any]:
    """The row of a photo whose original `by` is about to read. The originals of others carry places and faces: that
    somebody reads one is written down. Raises PhotoUnknown (404), NoCopy (404) for a purged one.
    """
    row = await original_for(photo_id=photo_id, scope=visible_to(by))
    if row["uploaded_by"] != by.person_id:
        await note_access(by=by, subject_kind="photo", subject_id=photo_id, fields=["original"], request_id=request_id)
    return row


async def list_photos(
    *, scope: Scope, filters: PhotoFilters, limit: int, after: Position | None = None
) -> Sequence[Mapping[str, Any]]:
    """Up to `limit` + 1 rows of photos that this reader may see, the newest first, with near duplicates."""
    place = None if after is None else (after.at, after.id)
    return await queries.list_photos(scope=scope, filters=filters, limit=limit, after=place)


async def count_photos(*, scope: Scope, filters: PhotoFilters) -> dict[str, int]:
    """How many photos of a list are waiting, accepted and refused."""
    return await queries.counts(scope=scope, filters=filters)


async def copy_file(photo: Mapping[str, Any], *, name: str, cache_control: str = FOR_GOOD) -> File:
    """One copy, for an answer. Raises NoCopy (404)."""
    content = await copy_of(photo, name=name)

    async def read(start: int, stop: int) -> AsyncIterator[bytes]:
        yield content[start:stop]

    return File(
        etag=f'"{photo["original"].hex()}-{name}"',
        size_bytes=len(content),
        content_type="image/jpeg",
        read=read,
        cache_control=cache_control,
    )


def original_file(photo: Mapping[str, Any]) -> File:
    """An original, for an answer, as a download under a name of ours or the sender's. Never as a picture: no browser is
    to show what a stranger sent."""
    return File(
        etag=f'"{photo["original"].hex()}"',
        size_bytes=photo["size_bytes"],
        content_type="application/octet-stream",
        read=lambda start, stop: contents.original(photo, start=start, stop=stop),
        name=photo["file_name"] or str(photo["id"]),
    )


def voice_file(photo: Mapping[str, Any], *, cache_control: str = FOR_GOOD) -> File:
    """A voice note, to be played by a page: its type is what its bytes are. Raises NoCopy (404)."""
    if photo["key_sealed"] is None:
        raise _no_copy(SENTENCES[Reason.PURGED])
    if photo["kind"] != Kind.VOICE:
        raise _no_copy(NO_VOICE)
    if photo["state"] == PhotoState.WAITING:
        raise _no_copy(STILL_WAITING)
    if photo["state"] == PhotoState.REFUSED:
        raise _no_copy(SENTENCES[Reason(photo["reasons"][0])])
    return File(
        etag=f'"{photo["original"].hex()}-voice"',
        size_bytes=photo["size_bytes"],
        content_type=photo["content_type"],
        read=lambda start, stop: contents.original(photo, start=start, stop=stop),
        cache_control=cache_control,
    )


async def shown_file(token: str) -> File:
    """What a signed address shows or plays. Raises AddressExpired, NoCopy (404)."""
    photo_id, name, ends_at = read_token(token)
    row = await queries.photo(photo_id)
    if row is None:
        raise AddressExpired
    left_s = int((ends_at - clock.now()).total_seconds())
    kept = f"private, max-age={left_s}, immutable"
    if name == str(VOICE):
        return voice_file(row, cache_control=kept)
    return await copy_file(row, name=name, cache_control=kept)
