"""Bodies gathered into pieces: full ones on a fast line, early ones on a slow line, and what came before a cut."""

import asyncio

import pytest
from litestar.exceptions import InternalServerException

from backend.core.refusals import TooLarge
from backend.media import uploads_gathering
from backend.media.uploads_gathering import PART_BYTES, gathered
from backend.media.uploads_refusals import BodyCut, TooSlow


async def body(*chunks, cut=False, pause_s=0.0):
    for chunk in chunks:
        yield chunk
        await asyncio.sleep(pause_s)
    if cut:
        raise InternalServerException("client disconnected prematurely")


async def all_of(pieces):
    """The pieces, and how it ended."""
    out = []
    try:
        async for piece, is_last in pieces:
            out.append((piece, is_last))
    except Exception as error:
        return out, type(error)
    return out, None


async def test_a_small_body_is_one_piece():
    assert await all_of(gathered(body(b"ab", b"cd"), wanted=4)) == ([(b"abcd", True)], None)


async def test_a_body_that_ends_before_the_upload_does_is_one_piece_too():
    assert await all_of(gathered(body(b"ab", b"cd"), wanted=9)) == ([(b"abcd", True)], None)


async def test_an_empty_body_is_an_empty_piece():
    assert await all_of(gathered(body(), wanted=9)) == ([(b"", True)], None)


async def test_a_large_body_is_cut_into_full_pieces():
    chunk = bytes(64 * 1024)
    pieces, error = await all_of(gathered(body(*[chunk] * 40), wanted=len(chunk) * 40))

    assert [len(piece) for piece, _ in pieces] == [PART_BYTES, PART_BYTES, len(chunk) * 40 - 2 * PART_BYTES]
    assert [is_last for _, is_last in pieces] == [False, False, True]
    assert error is None


async def test_when_the_line_breaks_what_came_comes_out_first():
    assert await all_of(gathered(body(b"ab", b"cd", cut=True), wanted=9)) == ([(b"abcd", False)], BodyCut)
    assert await all_of(gathered(body(cut=True), wanted=9)) == ([], BodyCut)


async def test_all_the_bytes_wanted_are_enough_even_if_the_line_breaks_then():
    assert await all_of(gathered(body(b"ab", b"cd", cut=True), wanted=4)) == ([(b"abcd", True)], None)


async def test_more_bytes_than_wanted_are_refused_and_none_of_the_last_piece_is_kept():
    assert await all_of(gathered(body(b"ab", b"cde"), wanted=4)) == ([], TooLarge)


async def test_on_a_slow_line_pieces_are_let_go_early(monkeypatch):
    monkeypatch.setattr(uploads_gathering, "FLUSH_AFTER_S", 0.05)
    pieces, error = await all_of(gathered(body(*[b"ab"] * 8, pause_s=0.02), wanted=16))

    assert len(pieces) > 2
    assert b"".join(piece for piece, _ in pieces) == b"ab" * 8
    assert error is None


async def test_a_line_that_goes_silent_is_let_go_of_and_what_came_comes_out(monkeypatch):
    monkeypatch.setattr(uploads_gathering, "FLUSH_AFTER_S", 0.02)
    monkeypatch.setattr(uploads_gathering, "SILENT_AFTER_S", 0.1)
    pieces, error = await all_of(gathered(body(b"ab", b"cd", pause_s=0.0, cut=False), wanted=9))
    assert error is None

    async def silent():
        yield b"ab"
        await asyncio.sleep(30)

    pieces, error = await all_of(gathered(silent(), wanted=9))
    assert pieces == [(b"ab", False)]
    assert error is TooSlow


@pytest.mark.parametrize("wanted", [0, 1])
async def test_a_byte_too_many_is_noticed_at_the_very_end(wanted):
    assert await all_of(gathered(body(b"x" * (wanted + 1)), wanted=wanted)) == ([], TooLarge)
