"""Large things sealed in pieces: a stream in, any part of it out, and no piece lost, moved or cut off unseen."""

import os

import pytest

from backend.core.cipher import OVERHEAD_BYTES, SealBroken
from backend.core.pieces import PIECE_BYTES, sealed, unsealed

KEY, PURPOSE = bytes(range(32)), "test"


async def stream(content: bytes, chunk: int):
    for at in range(0, len(content), chunk):
        yield content[at : at + chunk]


async def seal(content: bytes, chunk: int = 70_000) -> bytes:
    return b"".join([piece async for piece in sealed(stream(content, chunk), key=KEY, purpose=PURPOSE)])


async def unseal(closed: bytes, size: int, start: int = 0, stop: int | None = None) -> bytes:
    async def read(at: int, length: int) -> bytes:
        return closed[at : at + length]

    opened = unsealed(read, size_bytes=size, key=KEY, purpose=PURPOSE, start=start, stop=stop)
    return b"".join([piece async for piece in opened])


@pytest.mark.parametrize(
    "size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 5 * PIECE_BYTES, 11 * PIECE_BYTES + 7]
)
@pytest.mark.parametrize("chunk", [1_000, PIECE_BYTES, 900_001])
async def test_what_goes_in_comes_out_whatever_the_size_of_its_chunks(size, chunk):
    content = os.urandom(size)
    closed = await seal(content, chunk)
    assert len(closed) == size + OVERHEAD_BYTES * max(1, -(-size // PIECE_BYTES))
    assert await unseal(closed, size) == content


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 1), (PIECE_BYTES - 1, PIECE_BYTES + 1), (PIECE_BYTES, 2 * PIECE_BYTES), (3, 6 * PIECE_BYTES + 9), (10, 10)],
)
async def test_any_part_comes_out_alone(start, stop):
    content = os.urandom(7 * PIECE_BYTES + 100)
    assert await unseal(await seal(content), len(content), start, stop) == content[start:stop]


async def test_a_piece_left_out_moved_altered_or_cut_off_is_noticed():
    content = os.urandom(3 * PIECE_BYTES + 100)
    closed, one = await seal(content), PIECE_BYTES + OVERHEAD_BYTES
    swapped = closed[one : 2 * one] + closed[:one] + closed[2 * one :]
    altered = closed[:50] + bytes([closed[50] ^ 1]) + closed[51:]

    for broken, size in [
        (closed[one:], len(content) - PIECE_BYTES),
        (swapped, len(content)),
        (altered, len(content)),
        (closed[: 3 * one], 3 * PIECE_BYTES),
        (closed[:-1], len(content)),
        (closed, len(content) - 1),
    ]:
        with pytest.raises(SealBroken):
            await unseal(broken, size)
