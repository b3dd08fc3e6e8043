"""Bodies gathered into pieces: full ones on a fast line, early ones on a slow line, and what came before a cut."""

import asyncio
from contextlib import aclosing

import pytest

from backend.core.refusals import TooLarge
from backend.media import uploads_gathering
from backend.media.uploads_gathering import Piece, gathered
from backend.media.uploads_refusals import BodyCut, TooSlow


async def body(*chunks, cut=False, pause_s=0.0):
    for chunk in chunks:
        yield chunk
        await asyncio.sleep(pause_s)
    if cut:
        raise BodyCut


async def all_of(pieces):
    """The pieces, and how it ended."""
    out = []
    try:
        async for piece, is_last in pieces:
            out.append((b"".join(piece), is_last))
    except Exception as error:
        return out, type(error)
    return out, None


async def test_a_small_body_is_one_piece():
    assert await all_of(gathered(body(b"ab", b"cd"), wanted=4)) == ([(b"abcd", True)], None)


async def test_a_body_that_ends_before_the_upload_does_is_one_piece_too():
    assert await all_of(gathered(body(b"ab", b"cd"), wanted=9)) == ([(b"abcd", True)], None)


async def test_an_empty_body_is_an_empty_piece():
    assert await all_of(gathered(body(), wanted=9)) == ([(b"", True)], None)


@pytest.mark.parametrize(("held", "sizes"), [(16 * 2**20, [8 * 2**20, 2 * 2**20]), (0, [2**20] * 10)])
async def test_a_large_body_is_cut_into_full_pieces_smaller_ones_where_memory_is_short(monkeypatch, held, sizes):
    monkeypatch.setattr(uploads_gathering, "HELD_BYTES", held)
    chunk = bytes(64 * 1024)
    pieces, error = await all_of(gathered(body(*[chunk] * 160), wanted=10 * 2**20))

    assert [len(piece) for piece, _ in pieces] == sizes
    assert [is_last for _, is_last in pieces] == [False] * (len(sizes) - 1) + [True]
    assert error is None


@pytest.mark.parametrize("cut", [True, False])
async def test_memory_counts_as_free_when_a_body_is_done_with_however_it_ends(cut):
    async with aclosing(gathered(body(b"ab", b"cd", cut=cut), wanted=9)) as pieces:
        piece, _ = await anext(pieces)
        assert (b"".join(piece), Piece.held_bytes) == (b"abcd", 4)
    assert Piece.held_bytes == 0
    async with aclosing(gathered(body(b"ab", b"cd", cut=cut), wanted=9)) as pieces:
        await anext(pieces)
    assert Piece.held_bytes == 0


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
