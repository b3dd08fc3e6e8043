"""The pieces of an upload in the store: each sealed under the upload's own key, one object a piece."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from os import urandom
from uuid import UUID

from backend.core import cipher, storage
from backend.core.refusals import Refusal
from backend.core.storage_refusals import ObjectMissing
from backend.media import uploads_queries
from backend.media.uploads_queries import Part, Upload
from backend.media.uploads_refusals import OffsetMismatch

PURPOSE = "media_upload.part"
FOLDER = "uploads"
OVERTAKEN = "Another request went on with this upload. Ask with HEAD and go on from there."

Keyed = tuple[bytes, Part]
"""A piece and the key that it is sealed under."""


def new_key() -> bytes:
    """A key for an upload, sealed."""
    return cipher.new_key(purpose=PURPOSE)[1]


async def of(upload: Upload) -> list[Keyed]:
    """The counted pieces of an upload, in order."""
    return keyed(upload, await uploads_queries.parts(upload.id))


def keyed(upload: Upload, parts: Iterable[Part]) -> list[Keyed]:
    """Pieces with their upload's key."""
    key = cipher.open_key(upload.key_sealed or b"", purpose=PURPOSE)
    return [(key, part) for part in parts]


async def store(upload: Upload, part: Part, chunks: Sequence[bytes]) -> None:
    """Seal and flush the bytes of a piece. Raises StorageFull (503), StorageDown (503)."""
    [(key, _)] = keyed(upload, [part])
    await storage.put_new(part.object_path, _sealed(chunks, key))


def _sealed(chunks: Sequence[bytes], key: bytes) -> Iterator[bytes]:
    yield cipher.seal_bytes(b"".join(chunks), key=key, purpose=PURPOSE)  # in the thread that writes it


async def plain(pieces: Sequence[Keyed], last: Iterable[bytes] = ()) -> AsyncIterator[bytes]:
    """The bytes of pieces, and those after them. Raises OffsetMismatch (409) where another request was quicker."""
    for key, part in pieces:
        try:
            sealed = await storage.get(part.object_path)
        except ObjectMissing as error:  # another request finished the upload, or ended it
            raise OffsetMismatch(OVERTAKEN) from error
        yield cipher.unseal_bytes(sealed, key=key, purpose=PURPOSE)
    for chunk in last:
        yield chunk


async def delete(parts: Sequence[Part]) -> None:
    """What cannot be deleted now has no row any more: the sweeper finds it."""
    with suppress(Refusal):
        for part in parts:
            await storage.delete(part.object_path)


def new_path(upload_id: UUID, first_byte: int) -> str:
    """Where a piece lies, flat below 256 folders. The end is random: two requests at one byte write two objects."""
    return f"{FOLDER}/{upload_id.hex[-2:]}/{upload_id.hex}-{first_byte:012d}-{urandom(6).hex()}"
