"""The one way in for bytes: whatever door they came through, they end here, in state `waiting`.

    flushed = await flush(source=chunks, size_bytes=1234)          # slow: seals and flushes, holds no connection
    flushed = await flush_at_once(chunks)                          # the same for bytes in memory
    await keep(flushed=flushed, file_name="1.jpg", photo_id=…, …)  # quick: rows and the job, in YOUR transaction

`receive` is both in a transaction of its own. After a Refusal between the two: `await forget([flushed])`.
Memory is flat in file size: bytes go from `source` to the store in sealed pieces.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import cipher, clock, pieces, storage
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.storage import StorageDown
from backend.media import content_types, queries, records
from backend.media.contents import OBJECT_PURPOSE, object_at
from backend.media.facts import PhotoState
from backend.media.looking import LOOK, Look
from backend.media.schemas import PhotoRecord

LONGEST_FILE_NAME = 200
HURRY = 10
"""The priority of a look that somebody stands and waits for."""
_SIGN_BYTES = 512


class Door(StrEnum):
    """Where bytes came in. Citizens' doors are looked at first: somebody stands there and waits."""

    API = "api"
    UPLOAD = "upload"
    PAGE = "page"
    OPENROSA = "openrosa"
    SEED = "seed"
    STATION = "station"
    RECEIPT = "receipt"


CITIZENS = frozenset({Door.STATION, Door.RECEIPT})


class Owner(Struct, frozen=True, kw_only=True):
    """Whose photo it is where no account sent it, until a record claims it: `opener` in words of the credential's
    scheme (`station:<unit>`), and the unit and division whose people see it."""

    opener: str
    unit_id: UUID | None = None
    division_code: str | None = None


class NotWhole(Refusal):
    """The bytes that came are not those that were promised."""

    status, code, title = 409, "media/not-whole", "The file did not arrive whole"


class Flushed(Struct, frozen=True, kw_only=True):
    """Bytes that are safe and whose rows are not written yet. `object_path` is null for bytes known before."""

    sha256: bytes
    size_bytes: int
    content_type: str
    object_path: str | None = None
    key_sealed: bytes | None = None


async def receive(
    *,
    source: AsyncIterator[bytes] | bytes,
    file_name: str,
    photo_id: UUID,
    uploaded_by: UUID | None,
    owner: Owner | None = None,
    door: Door = Door.API,
    size_bytes: int | None = None,
    sha256: bytes | None = None,
) -> Outcome[PhotoRecord]:
    """`flush`, then `keep`; when this returns all of it is on disk. Raises what they raise."""
    flushed = await flush(source=source, size_bytes=size_bytes, sha256=sha256)
    try:
        return await keep(
            flushed=flushed, file_name=file_name, photo_id=photo_id, uploaded_by=uploaded_by, owner=owner, door=door
        )
    except Refusal:
        await forget([flushed])
        raise


async def flush(
    *, source: AsyncIterator[bytes] | bytes, size_bytes: int | None = None, sha256: bytes | None = None
) -> Flushed:
    """Seal and flush what `source` gives. Bytes known before cost no disk.

    size_bytes  what was promised; another number of bytes raises NotWhole (409) and keeps nothing
    sha256      digest (32 bytes) where the caller knows it: known bytes are then not even written. Not trusted: checked

    Raises NotWhole (409), StorageFull (503), StorageDown (503); nothing is left behind then.
    """
    if isinstance(source, bytes):
        return await _flush_bytes(source)
    counted = _Counted()
    if sha256 is not None and await queries.is_kept(sha256):
        async for chunk in source:
            counted.add(chunk)
        counted.must_be(size_bytes, sha256)
        return counted.flushed()
    return await _write(source, counted, size_bytes, sha256)


async def _flush_bytes(content: bytes) -> Flushed:
    chunks = [content[at : at + pieces.PIECE_BYTES] for at in range(0, len(content), pieces.PIECE_BYTES)]
    if await queries.is_kept(hashlib.sha256(content).digest()):
        counted = _Counted()
        for chunk in chunks:
            counted.add(chunk)
        return counted.flushed()
    return await flush_at_once(chunks)


async def flush_at_once(chunks: Iterable[bytes]) -> Flushed:
    """`flush` for bytes at hand: hashed, sealed and flushed in one turn of one thread. Whether they were known before
    only `keep` finds out. Raises StorageFull (503), StorageDown (503).
    """
    key, key_sealed = cipher.new_key(purpose=OBJECT_PURPOSE)
    counted, object_path = _Counted(), _new_object_path()
    sealed = pieces.sealed_at_once(map(counted.add, chunks), key=key, purpose=OBJECT_PURPOSE)
    await storage.put_new(object_at(object_path, "original"), sealed)
    return counted.flushed(object_path, key_sealed)


async def _write(
    source: AsyncIterator[bytes], counted: "_Counted", size_bytes: int | None, sha256: bytes | None
) -> Flushed:
    key, key_sealed = cipher.new_key(purpose=OBJECT_PURPOSE)
    object_path = _new_object_path()
    plain = (counted.add(chunk) async for chunk in source)
    await storage.put_stream(object_at(object_path, "original"), pieces.sealed(plain, key=key, purpose=OBJECT_PURPOSE))
    flushed = counted.flushed(object_path, key_sealed)
    try:
        counted.must_be(size_bytes, sha256)
    except NotWhole:
        await forget([flushed])
        raise
    return flushed


class _Counted:
    """Chunks on their way: how many bytes, which digest, what they begin with."""

    def __init__(self) -> None:
        self._digest, self._size_bytes, self._head = hashlib.sha256(), 0, b""

    def add(self, chunk: bytes) -> bytes:
        self._digest.update(chunk)
        self._size_bytes += len(chunk)
        if len(self._head) < _SIGN_BYTES:
            self._head += chunk[:_SIGN_BYTES]
        return chunk

    def must_be(self, size_bytes: int | None, sha256: bytes | None) -> None:
        """Raises NotWhole (409)."""
        if size_bytes is not None and size_bytes != self._size_bytes:
            detail = "{promised} bytes were promised, {came} came. Send the file again."
            raise NotWhole(detail, promised=size_bytes, came=self._size_bytes)
        if sha256 is not None and sha256 != self._digest.digest():
            raise NotWhole("The bytes that came have another digest than was promised. Send the file again.")

    def flushed(self, object_path: str | None = None, key_sealed: bytes | None = None) -> Flushed:
        return Flushed(
            sha256=self._digest.digest(),
            size_bytes=self._size_bytes,
            content_type=content_types.content_type(self._head),
            object_path=object_path,
            key_sealed=key_sealed,
        )


@transaction
async def keep(
    *,
    flushed: Flushed,
    file_name: str,
    photo_id: UUID,
    uploaded_by: UUID | None,
    owner: Owner | None = None,
    door: Door = Door.API,
) -> Outcome[PhotoRecord]:
    """Rows and the job `media/look`, in the caller's transaction or one of its own.

    The same id, bytes and sender again is harmless: `created` is false.

    uploaded_by  None where no account sent it: then `owner` says whose it is

    Raises DifferentArguments (409) when `photo_id` stands for other bytes or another sender, StorageDown (503).
    """
    columns = {
        "id": photo_id,
        "original": flushed.sha256,
        "file_name": file_name[:LONGEST_FILE_NAME],
        "uploaded_by": uploaded_by,
        "opener": owner.opener if owner else None,
        "unit": owner.unit_id if owner else None,
        "division_code": owner.division_code if owner else None,
        "door": door.value,
        "received_at": clock.now(),
    }
    if flushed.object_path is None:
        stored, created = await _keep_known(columns)
    else:
        stored, created = await _keep_new(columns, flushed)
    if not created:
        must_be_the_same(stored, flushed.sha256, uploaded_by, owner)
    elif stored["state"] == PhotoState.WAITING:
        await _ask_for_a_look(flushed.sha256, door)
    return Outcome(records.record(stored), created=created)


async def _keep_new(columns: dict[str, Any], flushed: Flushed) -> tuple[Mapping[str, Any], bool]:
    """The photo as it is stored, and whether it is new. Bytes that were never sent before cost one statement."""
    original_is_new, stored = await queries.insert_both(
        _original(flushed), columns | {"state": PhotoState.WAITING.value}
    )
    if stored is not None:
        return stored, True
    if not original_is_new:  # somebody sent the same bytes before: theirs count
        await forget([flushed])
    return await _keep_known(columns)


async def _keep_known(columns: dict[str, Any]) -> tuple[Mapping[str, Any], bool]:
    kept = await queries.original(columns["original"], lock="FOR SHARE")  # no verdict falls between here and the commit
    if kept is None or kept["key_sealed"] is None:
        raise StorageDown(
            "It was just being deleted, its time was over. Send it again."
        )  # known to `flush`, then purged
    facts = await queries.facts_of(columns["original"]) if kept["looked_at"] else None
    created = await queries.insert_photo(columns | (facts or {"state": PhotoState.WAITING.value}))
    stored = await queries.photo(columns["id"])
    assert stored is not None  # noqa: S101 - just written, or there before
    return stored, created


def _original(flushed: Flushed) -> dict[str, Any]:
    return {
        "sha256": flushed.sha256,
        "object_path": flushed.object_path,
        "size_bytes": flushed.size_bytes,
        "content_type": flushed.content_type,
        "kind": content_types.kind(flushed.content_type).value,
        "key_sealed": flushed.key_sealed,
        "in_pieces": True,
        "stored_at": clock.now(),
    }


async def _ask_for_a_look(digest: bytes, door: Door) -> None:
    hurry = HURRY if door in CITIZENS else 0
    await enqueue(LOOK, Look(digest.hex()), dedupe=f"look {digest.hex()} {hurry}", priority=hurry)


def must_be_the_same(former: Mapping[str, Any], digest: bytes, uploaded_by: UUID | None, owner: Owner | None) -> None:
    """Raises DifferentArguments (409) unless a photo of this id is of these bytes and this sender."""
    sent = (digest, uploaded_by, owner.opener if owner else None)
    if (former["original"], former["uploaded_by"], former["opener"]) != sent:
        raise DifferentArguments("A photo came before under this id with other content. Take a new id.")


async def forget(flushed: Iterable[Flushed]) -> None:
    """Delete what was flushed and then refused. Only after a refusal: when a commit's fate is unknown, leave them."""
    with suppress(Refusal):  # what cannot be deleted now has no row and no key: rubbish, not a leak
        for each in flushed:
            if each.object_path is not None:
                await storage.delete(object_at(each.object_path, "original"))


def _new_object_path() -> str:
    """What the paths of one original and its copies begin with. Random: of two senders of the same bytes at the same
    moment one's row loses, and its object goes without touching the other's."""
    name = os.urandom(20).hex()
    return f"media/{name[:2]}/{name}"
