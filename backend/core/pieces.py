"""Large things sealed in pieces: written and read as a stream, and from any place within.

Each piece is a sealed value of its own (`cipher.seal_bytes`), bound to its number and to whether it is the last: pieces
cannot be left out, moved, or cut off at the end unseen. The last one may be empty only where there is no other.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator

from backend.core import cipher
from backend.core.cipher import SealBroken

PIECE_BYTES = 256 * 1024
_SEALED_BYTES = PIECE_BYTES + cipher.OVERHEAD_BYTES
_READ_AT_ONCE = 4

ReadRange = Callable[[int, int], Awaitable[bytes]]
"""Gives bytes of the sealed object: from where, how many at most."""


async def sealed(source: AsyncIterator[bytes], *, key: bytes, purpose: str) -> AsyncIterator[bytes]:
    """What `source` gives, whatever the size of its chunks, as sealed pieces."""
    sealing = _Sealing(key, purpose)
    async for chunk in source:
        for piece in sealing.pieces(chunk):
            yield piece
    yield sealing.last()


def sealed_at_once(chunks: Iterable[bytes], *, key: bytes, purpose: str) -> Iterator[bytes]:
    """The same for bytes that are at hand."""
    sealing = _Sealing(key, purpose)
    for chunk in chunks:
        yield from sealing.pieces(chunk)
    yield sealing.last()


class _Sealing:
    def __init__(self, key: bytes, purpose: str) -> None:
        self._key, self._purpose, self._held, self._number = key, purpose, bytearray(), 0

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        self._held += chunk
        while len(self._held) > PIECE_BYTES:  # one byte more: only then is this not the last piece
            with memoryview(self._held) as view:
                plain = view[:PIECE_BYTES].tobytes()
            yield self._seal(plain, last=False)
            del self._held[:PIECE_BYTES]
            self._number += 1

    def last(self) -> bytes:
        return self._seal(bytes(self._held), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> bytes:
        return cipher.seal_bytes(plain, key=self._key, purpose=_bound(self._purpose, self._number, last=last))


async def unsealed(
    read: ReadRange, *, size_bytes: int, key: bytes, purpose: str, start: int = 0, stop: int | None = None
) -> AsyncIterator[bytes]:
    """Bytes `start` to `stop` (excluded) of something that was `size_bytes` long, piece by piece. Raises SealBroken."""
    stop = size_bytes if stop is None else stop
    final = _pieces(size_bytes) - 1
    number, until = start // PIECE_BYTES, max(start, stop - 1) // PIECE_BYTES
    while number <= until:
        count = min(_READ_AT_ONCE, until - number + 1)
        block = await read(number * _SEALED_BYTES, count * _SEALED_BYTES)
        for at in range(count):
            piece = block[at * _SEALED_BYTES : (at + 1) * _SEALED_BYTES]
            plain = cipher.unseal_bytes(piece, key=key, purpose=_bound(purpose, number, last=number == final))
            _must_be_whole(plain, number, final, size_bytes)
            begin = number * PIECE_BYTES
            yield plain[max(0, start - begin) : stop - begin]
            number += 1


def _pieces(size_bytes: int) -> int:
    return max(1, -(-size_bytes // PIECE_BYTES))


def _must_be_whole(plain: bytes, number: int, final: int, size_bytes: int) -> None:
    if len(plain) != (size_bytes - number * PIECE_BYTES if number == final else PIECE_BYTES):
        raise SealBroken("A sealed piece has another length than it should.")


def _bound(purpose: str, number: int, *, last: bool) -> str:
    return f"{purpose}\n{number}\n{'last' if last else 'more'}"
