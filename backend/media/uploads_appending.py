"""Bytes added to an upload: each piece is flushed to the store, and only then the row's offset goes on.

The last piece is not stored as a piece: together with those before it, it becomes the original.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing

from msgspec.structs import replace

from backend.core import clock
from backend.core.refusals import TooLarge
from backend.core.storage_refusals import StorageDown
from backend.media import uploads_pieces, uploads_queries
from backend.media.openers import Opener
from backend.media.uploads_finishing import finish
from backend.media.uploads_gathering import Piece, gathered
from backend.media.uploads_headers import PARTIAL, Checksum
from backend.media.uploads_pieces import OVERTAKEN
from backend.media.uploads_queries import Part, Upload
from backend.media.uploads_refusals import OffsetMismatch, UploadIsFinal


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


class _Appending:
    """The bytes of one request, stored piece by piece; under a checksum all of them count together, or none."""

    def __init__(self, upload: Upload, opener: Opener, checksum: Checksum | None) -> None:
        self._upload, self._opener, self._checksum = upload, opener, checksum
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
        except StorageDown:
            raise  # nor would it delete: the sweeper will
        except BaseException:
            await uploads_pieces.delete(self._uncounted)
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
            return await finish(self._upload, self._opener, source=list(last))
        before = await uploads_pieces.of(self._upload) + uploads_pieces.keyed(self._upload, self._uncounted)
        finished = await finish(self._upload, self._opener, source=uploads_pieces.plain(before, last))
        await uploads_pieces.delete(self._uncounted)
        return finished

    async def _store(self, piece: Piece) -> None:
        if piece.size_bytes:
            part = Part(self._at, piece.size_bytes, uploads_pieces.new_path(self._upload.id, self._at))
            self._uncounted.append(part)
            await uploads_pieces.store(self._upload, part, list(piece))

    async def _count(self) -> None:
        """Let the offset go on. Pieces whose counting is in doubt (the database went away) are left to the sweeper."""
        counting, self._uncounted = self._uncounted, []
        if not counting:
            return
        expires_at, at = clock.now() + self._opener.limits.open_for, counting[-1].first_byte + counting[-1].size_bytes
        if not await uploads_queries.advance(
            self._upload.id, from_byte=self._upload.offset_bytes, to_byte=at, parts=counting, expires_at=expires_at
        ):
            await uploads_pieces.delete(counting)
            raise OffsetMismatch(OVERTAKEN)
        self._upload = replace(self._upload, offset_bytes=at, expires_at=expires_at)

    @property
    def _at(self) -> int:
        """The next byte's place: after what is counted and what is only stored."""
        return self._upload.offset_bytes + sum(part.size_bytes for part in self._uncounted)
