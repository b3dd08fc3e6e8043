"""Uploads that survive the line: open, append, put together, terminate (tus 1.0.0).

A piece is sealed under the upload's own key and flushed to the store, and only then the row's offset goes on: the
offset told is always bytes on disk, whichever node is asked. The last piece is not stored as a piece: together with
those before it, it becomes the original, and the offset reaches the length in the transaction that writes the photo. So
a small photo is written once, and a told offset that equals the length means that the photo is there.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
from os import urandom
from uuid import UUID

from msgspec.structs import replace

from backend.core import cipher, clock, ids, storage
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, Invalid, Refusal, TooLarge
from backend.media import receiving, uploads_headers, uploads_queries
from backend.media.openers import Opener
from backend.media.receiving import Flushed
from backend.media.upload_tables import UploadState
from backend.media.uploads_gathering import Piece, gathered
from backend.media.uploads_headers import PARTIAL, Checksum
from backend.media.uploads_queries import Part, Upload
from backend.media.uploads_refusals import OffsetMismatch, TooManyOpen, UploadGone, UploadIsFinal, UploadUnknown

PURPOSE = "media_upload.part"
FOLDER = "uploads"
FINISH_WITHIN_S = 50.0
"""Reading all pieces and writing them as one; a phone hangs up after a minute."""
OVERTAKEN = "Another request went on with this upload. Ask with HEAD and go on from there."


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
        return await _finish(opened, opener, source=[])
    return opened


async def _open(new: Upload, opener: Opener) -> Upload | None:
    return await uploads_queries.open_upload(new, most_open=opener.limits.most_open)


def _new(upload_id: UUID, length_bytes: int, metadata: str | None, concat: str | None, opener: Opener) -> Upload:
    _, key_sealed = cipher.new_key(purpose=PURPOSE)
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
        key_sealed=key_sealed,
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


async def append(
    *,
    upload: Upload,
    opener: Opener,
    from_byte: int,
    body: AsyncIterator[bytes],
    body_bytes: int | None,
    checksum: Checksum | None,
) -> Upload:
    """Take bytes; the upload as it is then. What came before a broken line is kept, unless a checksum was to judge it.

    body_bytes  Content-Length, where the request has one

    Raises UploadIsFinal (403), OffsetMismatch (409), TooLarge (413), ChecksumMismatch (460), StorageFull, StorageDown
    (503) and what `gathered` raises.
    """
    if upload.concat is not None and upload.concat != PARTIAL:
        raise UploadIsFinal("Send bytes to the partial uploads.")
    if from_byte != upload.offset_bytes:
        raise _mismatch(upload)
    wanted = upload.length_bytes - from_byte
    if body_bytes is not None and body_bytes > wanted:
        raise TooLarge("The upload has room for {room_bytes} bytes more, and more were sent.", room_bytes=wanted)
    if wanted == 0:
        return upload
    async with aclosing(gathered(body, wanted=wanted)) as pieces:
        return await _Appending(upload, opener, checksum).take(pieces)


def _mismatch(upload: Upload) -> OffsetMismatch:
    return OffsetMismatch(
        "The next byte of this upload is {upload_offset}. Ask with HEAD and go on from there.",
        upload_offset=upload.offset_bytes,
    )


def _sealed(content: bytes, key: bytes) -> Iterator[bytes]:
    yield cipher.seal_bytes(content, key=key, purpose=PURPOSE)  # in the thread that writes it


class _Appending:
    """The bytes of one request, stored piece by piece; under a checksum all of them count together, or none."""

    def __init__(self, upload: Upload, opener: Opener, checksum: Checksum | None) -> None:
        self._upload, self._opener, self._checksum = upload, opener, checksum
        self._key = cipher.open_key(upload.key_sealed or b"", purpose=PURPOSE)
        self._content_hash = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self._uncounted: list[Part] = []

    async def take(self, pieces: AsyncIterator[tuple[Piece, bool]]) -> Upload:
        try:
            async for piece, is_last in pieces:
                self._look(piece, is_last)
                if is_last and self._completes(piece):
                    return await self._complete(piece)
                await self._store(piece)
                if is_last or self._checksum is None:
                    await self._count()
            return self._upload
        except storage.StorageDown:
            raise  # nor would it delete: the sweeper will
        except BaseException:
            await _delete(self._uncounted)
            raise

    def _look(self, piece: Piece, is_last: bool) -> None:
        if self._checksum is None or self._content_hash is None:
            return
        for chunk in piece:
            self._content_hash.update(chunk)
        if is_last:
            self._checksum.must_fit(self._content_hash)

    def _completes(self, piece: Piece) -> bool:
        return self._upload.concat is None and self._at + piece.size_bytes == self._upload.length_bytes

    async def _complete(self, last: Piece) -> Upload:
        if not self._at:
            return await _finish(self._upload, self._opener, source=list(last))
        before = [(self._key, part) for part in await uploads_queries.parts(self._upload.id) + self._uncounted]
        finished = await _finish(self._upload, self._opener, source=_plain(before, last))
        await _delete(self._uncounted)
        return finished

    async def _store(self, piece: Piece) -> None:
        if piece.size_bytes:
            part = Part(self._at, piece.size_bytes, _new_path(self._upload.id, self._at))
            self._uncounted.append(part)
            await storage.put_new(part.object_path, _sealed(piece.take(), self._key))

    async def _count(self) -> None:
        """Let the offset go on. Pieces whose counting is in doubt (the database went away) are left to the sweeper."""
        counting, self._uncounted = self._uncounted, []
        if not counting:
            return
        expires_at, at = clock.now() + self._opener.limits.open_for, counting[-1].first_byte + counting[-1].size_bytes
        if not await uploads_queries.advance(
            self._upload.id, from_byte=self._upload.offset_bytes, to_byte=at, parts=counting, expires_at=expires_at
        ):
            await _delete(counting)
            raise OffsetMismatch(OVERTAKEN)
        self._upload = replace(self._upload, offset_bytes=at, expires_at=expires_at)

    @property
    def _at(self) -> int:
        """The next byte's place: after what is counted and what is only stored."""
        return self._upload.offset_bytes + sum(part.size_bytes for part in self._uncounted)


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
    return await _finish(final, opener, source=_plain(await _keyed(found)))


async def _keyed(found: Sequence[Upload]) -> list[tuple[bytes, Part]]:
    return [
        (cipher.open_key(each.key_sealed or b"", purpose=PURPOSE), part)
        for each in found
        for part in await uploads_queries.parts(each.id)
    ]


async def _plain(parts: Sequence[tuple[bytes, Part]], last: Iterable[bytes] = ()) -> AsyncIterator[bytes]:
    for key, part in parts:
        try:
            sealed = await storage.get(part.object_path)
        except storage.ObjectMissing as error:  # another request finished the upload, or ended it
            raise OffsetMismatch(OVERTAKEN) from error
        yield cipher.unseal_bytes(sealed, key=key, purpose=PURPOSE)
    for chunk in last:
        yield chunk


async def _finish(upload: Upload, opener: Opener, *, source: AsyncIterator[bytes] | list[bytes]) -> Upload:
    """All bytes are at hand: they become the original, the rows of the photo and the end of the upload go together."""
    flushed = await _flush(upload, source)
    try:
        await _receive(upload, opener, flushed)
    except Refusal:
        await receiving.forget([flushed])
        raise
    await _delete(await uploads_queries.drop_parts(upload.id) if upload.offset_bytes else [])
    return replace(upload, offset_bytes=upload.length_bytes, state=UploadState.RECEIVED)


async def _flush(upload: Upload, source: AsyncIterator[bytes] | list[bytes]) -> Flushed:
    try:
        async with asyncio.timeout(FINISH_WITHIN_S):
            if isinstance(source, list):
                return await receiving.flush_at_once(source)
            return await receiving.flush(source=source, size_bytes=upload.length_bytes)
    except TimeoutError as error:
        raise storage.StorageDown from error


@transaction
async def _receive(upload: Upload, opener: Opener, flushed: Flushed) -> None:
    if not await uploads_queries.receive(upload.id, from_byte=upload.offset_bytes):
        raise OffsetMismatch(OVERTAKEN)
    await receiving.keep(
        flushed=flushed,
        file_name=uploads_headers.file_name(uploads_headers.metadata(upload.metadata)),
        photo_id=upload.id,
        uploaded_by=upload.opened_by,
        owner=opener.owner,
        door=opener.door,
    )


async def terminate(upload: Upload) -> None:
    """End an upload and free what it holds. A photo that it became stays."""
    await uploads_queries.end(upload.id)
    await _delete(await uploads_queries.drop_parts(upload.id))


async def _delete(parts: Sequence[Part]) -> None:
    """What cannot be deleted now has no row any more: the sweeper finds it."""
    with suppress(Refusal):
        for part in parts:
            await storage.delete(part.object_path)


def _new_path(upload_id: UUID, first_byte: int) -> str:
    """Flat below 256 folders. The end is random: two requests at the same byte write two objects."""
    return f"{FOLDER}/{upload_id.hex[-2:]}/{upload_id.hex}-{first_byte:012d}-{urandom(6).hex()}"
