"""Uploads that survive the line: opened, found, put together, ended (tus 1.0.0); `uploads_appending` adds bytes.

A piece is sealed under the upload's own key and flushed to the store, and only then the row's offset goes on: the
offset told is always bytes on disk, whichever node is asked. The last piece is not stored as a piece: together with
those before it, it becomes the original, and the offset reaches the length in the transaction that writes the photo. So
a small photo is written once, and a told offset that equals the length means that the photo is there.
"""

from collections.abc import Sequence
from uuid import UUID

from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Invalid, TooLarge
from backend.media import uploads_pieces, uploads_queries
from backend.media.openers import Opener
from backend.media.upload_tables import UploadState
from backend.media.uploads_finishing import finish
from backend.media.uploads_headers import PARTIAL
from backend.media.uploads_queries import Upload
from backend.media.uploads_refusals import TooManyOpen, UploadGone, UploadUnknown


async def open_upload(
    *, length_bytes: int, metadata: str | None, concat: str | None, upload_id: UUID | None, opener: Opener
) -> Upload:
    """An upload, ready for bytes; the same id with the same words again is the upload as it is now.

    Raises TooLarge (413), DifferentArguments (409) when the id stands for something else, TooManyOpen (429).
    """
    if length_bytes > opener.limits.max_bytes:
        raise TooLarge("At most {megabytes} MB are taken at once.", megabytes=opener.limits.max_bytes // 1_000_000)
    new = _new(upload_id or ids.uuid7(), length_bytes, metadata, concat, opener)
    opened = await _open(new, opener) or await _former(new, opener)
    if length_bytes == 0 and concat is None and opened.state == UploadState.OPEN:
        return await finish(opened, opener, source=[])
    return opened


async def _open(new: Upload, opener: Opener) -> Upload | None:
    return await uploads_queries.open_upload(new, most_open=opener.limits.most_open)


def _new(upload_id: UUID, length_bytes: int, metadata: str | None, concat: str | None, opener: Opener) -> Upload:
    return Upload(
        id=upload_id,
        opener=opener.identity,
        opened_by=opener.person_id,
        opened_at=clock.now(),
        expires_at=clock.now() + opener.limits.open_for,
        state=UploadState.OPEN,
        length_bytes=length_bytes,
        offset_bytes=0,
        metadata=metadata,
        concat=concat,
        key_sealed=uploads_pieces.new_key(),
    )


async def _former(new: Upload, opener: Opener) -> Upload:
    """What the id stands for already. An abandoned upload that is not swept yet begins anew."""
    former = await uploads_queries.upload(new.id)
    if former.opener != new.opener if former else await uploads_queries.is_photo(new.id):
        raise DifferentArguments("A photo came before under this id with other content. Take a new id.")
    if former is None or former.state == UploadState.GONE:
        raise TooManyOpen(
            "{most_open} uploads of yours are not whole yet: finish or end some first.",
            most_open=opener.limits.most_open,
        )
    if former.state == UploadState.OPEN and former.expires_at < clock.now():
        await terminate(former)
        return await _open(new, opener) or await _former(new, opener)
    if (former.length_bytes, former.metadata, former.concat) != (new.length_bytes, new.metadata, new.concat):
        raise DifferentArguments("A photo came before under this id with other content. Take a new id.")
    return former


async def find_upload(*, upload_id: UUID, opener: Opener) -> Upload:
    """One's own upload. Raises UploadUnknown (404), UploadGone (410)."""
    found = await uploads_queries.upload(upload_id)
    if found is None or found.opener != opener.identity:
        raise UploadUnknown("There is no upload {id} of yours. Open a new one.", id=str(upload_id))
    if found.state == UploadState.GONE or (found.state == UploadState.OPEN and found.expires_at < clock.now()):
        raise UploadGone("Upload {id} was ended, or waited too long. Open a new one.", id=str(upload_id))
    return found


async def join_uploads(
    *, partials: Sequence[UUID], metadata: str | None, concat: str, upload_id: UUID | None, opener: Opener
) -> Upload:
    """A photo put together from partial uploads, in their order. They stay until they expire.

    Raises Invalid (400) for one that is not whole, UploadUnknown (404), UploadGone (410); more as `open_upload` does.
    """
    found = [await find_upload(upload_id=each, opener=opener) for each in partials]
    for each in found:
        if each.concat != PARTIAL or each.offset_bytes != each.length_bytes:
            raise Invalid("Upload {id} is not a partial upload that is complete.", id=str(each.id))
    final = await open_upload(
        length_bytes=sum(each.length_bytes for each in found),
        metadata=metadata,
        concat=concat,
        upload_id=upload_id,
        opener=opener,
    )
    if final.state != UploadState.OPEN:
        return final
    pieces = [piece for each in found for piece in await uploads_pieces.of(each)]
    return await finish(final, opener, source=uploads_pieces.plain(pieces))


async def terminate(upload: Upload) -> None:
    """End an upload and free what it holds. A photo that it became stays."""
    await uploads_queries.end(upload.id)
    await uploads_pieces.delete(await uploads_queries.drop_parts(upload.id))
