"""What may be done with a photo: keep it, claim it.

Keeping has two halves. `flush_photo` does the slow work (look, copy, seal, flush to disk) and holds no connection;
`keep_flushed` writes the rows, in the caller's transaction where there is one. `keep_photo` is both.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.core import cipher, clock, ids, storage
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.words import Term
from backend.media import pictures, queries
from backend.media.originals import OBJECT_PURPOSE, FlushedPhoto, new_object_path, object_at
from backend.media.schemas import PhotoRecord
from backend.media.tables import PhotoState
from backend.people.actors import Scope

LONGEST_FILE_NAME = 200
PURGED = "It was deleted when its time was over."


class PhotoUnknown(Refusal):
    """No such photo, or not one that this person sent or may see."""

    status, code, title = 404, "media/photo-unknown", "No such photo"


class NoCopy(Refusal):
    """The photo was refused or purged, so there is no copy of it."""

    status, code, title = 404, "media/no-copy", "There is no picture to show"


class PhotoClaimed(Refusal):
    """A photo belongs to one record."""

    status, code, title = 409, "media/photo-claimed", "This photo belongs to another record"


async def upload_photo(*, content: bytes, file_name: str, photo_id: UUID | None, by: UUID) -> Outcome[PhotoRecord]:
    """One person's upload, idempotent by `photo_id`.

    Raises DifferentArguments (409) when that id came before with other bytes or from somebody else.
    """
    former = await queries.photo(photo_id) if photo_id else None
    if former is None:
        kept = await keep_photo(content=content, file_name=file_name, uploaded_by=by, photo_id=photo_id)
        return Outcome(kept, created=True)
    _must_be_the_same(former, sha256(content).digest(), by)
    return Outcome(queries.record(former), created=False)


async def keep_photo(
    *, content: bytes, file_name: str, uploaded_by: UUID | None, photo_id: UUID | None = None
) -> PhotoRecord:
    """Keep a photo; when this returns outside a transaction, all of it is on disk.

    A picture that cannot be opened is kept too, in state refused with a verdict. The same bytes again cost no disk.
    Raises DifferentArguments (409) when `photo_id` stands for other bytes or another sender.
    """
    flushed = await flush_photo(content=content)
    try:
        return await keep_flushed(flushed=flushed, file_name=file_name, uploaded_by=uploaded_by, photo_id=photo_id)
    except Refusal:
        await forget([flushed])
        raise


async def flush_photo(*, content: bytes) -> FlushedPhoto:
    """Look at the bytes, make the copies, seal all under a key of its own and flush it. Writes no row.

    Bytes that are known already are not written again. Follow with `keep_flushed`, or with `forget` after a refusal.
    """
    digest = sha256(content).digest()
    known = await queries.facts_of(digest)
    if known is not None:
        return FlushedPhoto(sha256=digest, size_bytes=len(content), facts=known)
    facts, copies = await pictures.look(content)
    key, key_sealed = cipher.new_key(purpose=OBJECT_PURPOSE)
    flushed = FlushedPhoto(
        sha256=digest,
        size_bytes=len(content),
        facts=facts,
        object_path=new_object_path(digest),
        key_sealed=key_sealed,
        names=("original", *copies),
    )
    await _flush(flushed, {"original": content, **copies}, key)
    return flushed


async def _flush(flushed: FlushedPhoto, objects: Mapping[str, bytes], key: bytes) -> None:
    try:
        for name, plain in objects.items():
            sealed = await pictures.in_thread(cipher.seal_bytes, plain, key=key, purpose=OBJECT_PURPOSE)
            await storage.put(object_at(flushed.object_path or "", name), sealed)
    except Refusal:
        await forget([flushed])
        raise


@transaction
async def keep_flushed(
    *, flushed: FlushedPhoto, file_name: str, uploaded_by: UUID | None, photo_id: UUID | None = None
) -> PhotoRecord:
    """Write the rows of a flushed photo. Raises DifferentArguments (409) as `keep_photo` does."""
    now = clock.now()
    if flushed.object_path is not None and not await queries.insert_original(flushed, now):
        await forget([flushed])  # somebody sent the same bytes meanwhile: theirs count
    row = {
        "id": photo_id or ids.uuid7(),
        "original": flushed.sha256,
        "file_name": file_name[:LONGEST_FILE_NAME],
        "uploaded_by": uploaded_by,
        "received_at": now,
        **flushed.facts.columns(),
    }
    if not await queries.insert_photo(row):
        _must_be_the_same(await queries.photo(row["id"]), flushed.sha256, uploaded_by)
    return queries.record(row | {"size_bytes": flushed.size_bytes, "content_type": flushed.facts.content_type})


async def forget(flushed: Iterable[FlushedPhoto]) -> None:
    """Delete what was flushed and then refused. Only after a refusal: when a commit's fate is unknown, leave them."""
    with suppress(Refusal):  # what cannot be deleted now has no row and no key: rubbish, not a leak
        for photo in flushed:
            for name in photo.names:
                await storage.delete(object_at(photo.object_path or "", name))


def _must_be_the_same(former: Mapping[str, Any] | None, digest: bytes, sender: UUID | None) -> None:
    if former is None or (former["original"], former["uploaded_by"]) != (digest, sender):
        raise DifferentArguments("A photo came before under this id with other content. Take a new id.")


@transaction
async def claim_photos(
    *,
    photo_ids: Collection[UUID],
    kind: str,
    record_id: UUID,
    division_code: str,
    uploaded_by: UUID | None = None,
) -> None:
    """Make photos part of a record, whose scope they take on. Twice is harmless.

    kind         `visit`, …
    uploaded_by  when given, only this person's photos: pass it wherever ids come from outside, or one person could
                 take up, and then look at, the photo of another

    Raises PhotoUnknown (404), PhotoClaimed (409).
    """
    claimed = await queries.claim(
        photo_ids, kind=kind, record_id=record_id, division_code=division_code, uploaded_by=uploaded_by
    )
    missing = set(photo_ids) - claimed
    if not missing:
        return
    known = await queries.known(missing, uploaded_by=uploaded_by)
    if known:
        raise PhotoClaimed("Photo {id} belongs to another record: send the photo again.", id=str(min(known)))
    raise PhotoUnknown("Photo {id} is not known: send it before the record.", id=str(min(missing)))


async def photo_for(*, photo_id: UUID, scope: Scope) -> Mapping[str, Any]:
    """The row of a photo that this reader may see. Raises PhotoUnknown (404)."""
    row = await queries.photo_in_scope(photo_id, scope)
    if row is None:
        raise PhotoUnknown("There is no photo {id} that you may see.", id=str(photo_id))
    return row


async def copy_of(photo: Mapping[str, Any], *, name: str) -> bytes:
    """One copy (`"1600"`, `"320"`), unsealed. Raises NoCopy (404)."""
    if photo["state"] != PhotoState.ACCEPTED or photo["key_sealed"] is None:
        raise NoCopy("There is nothing to show: {verdict}", verdict=Term(photo["verdict"] or PURGED))
    key = cipher.open_key(photo["key_sealed"], purpose=OBJECT_PURPOSE)
    sealed = await storage.get(object_at(photo["object_path"], name))
    return await pictures.in_thread(cipher.unseal_bytes, sealed, key=key, purpose=OBJECT_PURPOSE)
