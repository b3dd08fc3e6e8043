"""Bytes to the store: sealed in pieces under a key of their own, flushed, counted and hashed on their way.

What is flushed is nobody's until its rows are written (`receiving.keep`); after a refusal, `forget` it.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

from msgspec import Struct

from backend.core import cipher, pieces, storage
from backend.core.refusals import Refusal
from backend.media import content_types, keeping_queries
from backend.media.contents import OBJECT_PURPOSE, object_at

_SIGN_BYTES = 512


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
    if sha256 is not None and await keeping_queries.is_kept(sha256):
        async for chunk in source:
            counted.add(chunk)
        counted.must_be(size_bytes, sha256)
        return counted.flushed()
    return await _write(source, counted, size_bytes, sha256)


async def _flush_bytes(content: bytes) -> Flushed:
    chunks = [content[at : at + pieces.PIECE_BYTES] for at in range(0, len(content), pieces.PIECE_BYTES)]
    if await keeping_queries.is_kept(hashlib.sha256(content).digest()):
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
