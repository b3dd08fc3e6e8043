"""Photos go on at the byte where they stopped, and one that arrived is not sent again."""

from base64 import b64encode

import httpx
import pytest
from lianxin_client import NotNow

from backend.core.database import fetch
from tests.sync.client.conftest import answer_lost

PIECE = 300


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr("lianxin_client.photos.PIECE", PIECE)


def only(method, fault, after=0):
    """A fault of one kind of request, once so many of them have gone well."""
    went = []

    def broken(request, deliver):
        if request.method != method or not request.url.path.startswith("/uploads"):
            return deliver(request)
        went.append(request)
        return deliver(request) if len(went) <= after else fault(request, deliver)

    return broken


async def photos():
    return [str(row["id"]) for row in await fetch("SELECT id FROM media_photo")]


def pieces(pocket):
    return [int(each.headers["Upload-Offset"]) for each in pocket.line.sent if each.method == "PATCH"]


async def test_a_photo_goes_on_where_the_line_broke(cast, pocket, picture):
    await pocket.sign_in("cadre")
    id = pocket.phone.photograph(picture)
    pocket.line.fault = only("PATCH", answer_lost, after=1)
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    pocket.woken()
    await pocket.sync()

    assert await photos() == [id]
    assert pieces(pocket) == list(range(0, len(picture), PIECE))
    assert pocket.phone.photos.to_send() == []
    assert list(pocket.phone.store.photos.iterdir()) == []


async def test_a_piece_that_arrived_twice_is_no_refusal(cast, pocket, picture):
    await pocket.sign_in("cadre")
    id = pocket.phone.photograph(picture)

    def twice(request, deliver):
        deliver(request)
        return deliver(request)

    pocket.line.fault = only("PATCH", twice)
    await pocket.sync()

    assert await photos() == [id]
    assert (pocket.phone.photos.to_send(), pocket.phone.photos.refused()) == ([], {})


@pytest.mark.parametrize("lost", [("POST", "PATCH"), ("PATCH", "HEAD")])
async def test_an_upload_that_the_phone_did_not_hear_of_is_found_again(cast, pocket, picture, lost):
    await pocket.sign_in("cadre")
    id = pocket.phone.photograph(picture)
    for method in lost:
        pocket.line.fault = only(method, answer_lost)
        with pytest.raises(NotNow):
            await pocket.sync()
    pocket.line.fault = None
    await pocket.sync()

    assert await photos() == [id]


async def test_a_photo_that_arrived_long_ago_is_not_sent_again(cast, pocket, picture):
    """Its last answer was lost, and by the time there is a line again nobody remembers the upload."""
    await pocket.sign_in("cadre")
    id = pocket.phone.photograph(picture)
    pocket.line.fault = only("PATCH", answer_lost, after=(len(picture) - 1) // PIECE)
    with pytest.raises(NotNow):
        await pocket.sync()
    await fetch("DELETE FROM media_upload")
    pocket.line.fault = None
    sent = len(pieces(pocket))
    await pocket.sync()

    assert await photos() == [id]
    assert len(pieces(pocket)) == sent
    assert pocket.phone.photos.to_send() == []


async def test_an_upload_that_ran_out_begins_anew(cast, pocket, picture):
    await pocket.sign_in("cadre")
    id = pocket.phone.photograph(picture)
    pocket.line.fault = only("PATCH", answer_lost)
    with pytest.raises(NotNow):
        await pocket.sync()
    await fetch("DELETE FROM media_upload")
    pocket.line.fault = None
    await pocket.sync()

    assert await photos() == [id]


async def test_a_photo_that_is_refused_is_kept_for_who_took_it_and_keeps_no_other_waiting(cast, pocket, picture):
    await pocket.sign_in("cadre")
    refused, taken = pocket.phone.photograph(picture), pocket.phone.photograph(picture)

    name = f"id {b64encode(refused.encode()).decode()}"

    def too_large(request, deliver):
        if request.headers.get("Upload-Metadata") != name:
            return deliver(request)
        return httpx.Response(413, json={"code": "core/too-large"})

    pocket.line.fault = too_large
    await pocket.sync()

    assert await photos() == [taken]
    assert pocket.woken().photos.refused() == {refused: {"code": "core/too-large"}}
    assert (pocket.phone.store.photos / refused).read_bytes() == picture


async def test_a_photo_whose_row_never_came_is_no_photo(cast, pocket):
    (pocket.phone.store.photos / "half").write_bytes(b"it died while writing")

    assert pocket.woken().photos.to_send() == []
    assert list(pocket.phone.store.photos.iterdir()) == []


async def test_a_photo_whose_file_is_gone_is_told_to_who_took_it_and_keeps_no_other_waiting(cast, pocket, picture):
    """A phone that was set back to a copy without its photos."""
    await pocket.sign_in("cadre")
    gone, taken = pocket.phone.photograph(picture), pocket.phone.photograph(picture)
    (pocket.phone.store.photos / gone).unlink()
    await pocket.sync()

    assert await photos() == [taken]
    assert list(pocket.phone.photos.refused()) == [gone]
