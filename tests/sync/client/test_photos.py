"""Photos go on where they stopped; one that arrived is kept, and sent again only to a house that has lost it."""

from base64 import b64encode
from dataclasses import replace

import httpx
import pytest
from lianxin_client import NotNow
from lianxin_client.keeping import KEEPING

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


def files(pocket):
    return {path.name for path in pocket.phone.store.photos.iterdir()}


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
    assert files(pocket) == {id}


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


async def restored(*, without=()):
    """The house is put back to an hour when these photos had not come: every phone is told to start anew."""
    for id in without:
        await fetch("DELETE FROM visits_photo WHERE photo = $1", id)
        await fetch("DELETE FROM media_photo WHERE id = $1", id)
        await fetch("DELETE FROM media_upload WHERE id = $1", id)
    await fetch("DELETE FROM sync_view")


async def arrived(pocket, *pictures):
    """Photos that have come; their ids."""
    taken = [pocket.phone.photograph(each) for each in pictures]
    await pocket.sync()
    assert sorted(await photos()) == sorted(taken)
    return taken


async def test_after_the_house_was_put_back_only_what_it_has_not_is_sent_again(cast, pocket, picture):
    await pocket.sign_in("cadre")
    there, lost = await arrived(pocket, picture, picture + b"2")
    await restored(without=[lost])
    sent = len(pieces(pocket))
    pocket.woken()
    await pocket.sync()

    assert sorted(await photos()) == sorted([there, lost])
    assert pieces(pocket)[sent:] == list(range(0, len(picture) + 1, PIECE))
    assert (pocket.phone.photos.to_send(), pocket.phone.photos.refused()) == ([], {})
    await restored(without=[there, lost])
    await pocket.sync()
    assert sorted(await photos()) == sorted([there, lost])


async def test_a_photo_that_came_back_joins_the_visit_that_named_it(cast, pocket, picture):
    await pocket.sign_in("cadre")
    photo = pocket.phone.photograph(picture)
    pocket.contact(photos=[{"photo_id": photo, "kind": "scene"}])
    await pocket.sync()
    await pocket.sync()
    await fetch("DELETE FROM sync_command")
    await restored(without=[photo])
    await pocket.sync()
    await pocket.sync()

    assert [str(row["photo"]) for row in await fetch("SELECT photo FROM visits_photo")] == [photo]
    assert pocket.standings() == {}


async def test_where_the_house_was_put_back_to_the_middle_of_an_upload_it_begins_anew_once(cast, pocket, picture):
    """The pieces of then went when it was whole: no row brings them back."""
    await pocket.sign_in("cadre")
    pocket.line.fault = only("PATCH", answer_lost)
    id = pocket.phone.photograph(picture)
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    [half] = await fetch("SELECT * FROM media_upload")
    await pocket.sync()
    await restored(without=[id])
    numbers = ", ".join(f"${number + 1}" for number in range(len(half)))
    await fetch(f"INSERT INTO media_upload ({', '.join(half.keys())}) VALUES ({numbers})", *half.values())
    sent = len(pieces(pocket))
    pocket.line.fault = only("PATCH", answer_lost)
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    await pocket.sync()

    assert pieces(pocket)[sent:] == list(range(0, len(picture), PIECE))
    assert await photos() == [id]


async def test_a_photo_that_is_anothers_by_now_is_there_and_no_refusal(cast, pocket, picture):
    """Two share the phone: what one took, the other's record has."""
    await pocket.sign_in("cadre")
    [id] = await arrived(pocket, picture)
    row = (cast.assistant.person_id, cast.cadre.person_id)
    await fetch("UPDATE media_photo SET uploaded_by = $1, carried_by = $2", *row)
    await fetch("DELETE FROM media_upload")
    await restored()
    await pocket.sync()

    assert (pocket.phone.photos.to_send(), pocket.phone.photos.refused()) == ([], {})
    assert files(pocket) == {id}


async def test_only_photos_of_whoever_is_told_to_start_anew_are_asked_for(cast, pocket, picture):
    await pocket.sign_in("cadre")
    await arrived(pocket, picture)
    await pocket.sign_in("assistant")
    asked = [each for each in pocket.line.sent if each.method == "HEAD"]
    await pocket.sync()

    assert [each for each in pocket.line.sent if each.method == "HEAD"] == asked


async def test_a_photo_is_kept_for_a_fortnight_after_it_came(cast, pocket, picture):
    await pocket.sign_in("cadre")
    old, young = await arrived(pocket, picture, picture + b"2")
    pocket.phone.store.rows("UPDATE kept_photo SET kept_on = date('now', '-15 days') WHERE id = ?", old)
    pocket.phone.store.rows("UPDATE kept_photo SET kept_on = date('now', '-13 days') WHERE id = ?", young)
    pocket.woken()

    assert files(pocket) == {young}
    await restored(without=[old, young])
    await pocket.sync()
    assert await photos() == [young]


async def test_no_more_is_kept_than_a_cheap_phone_can_spare_and_the_oldest_is_forgotten_first(
    cast, pocket, picture, monkeypatch
):
    monkeypatch.setattr("lianxin_client.keeping.KEEPING", replace(KEEPING, photos_bytes=2 * len(picture) + 2))
    await pocket.sign_in("cadre")
    _, second, third = await arrived(pocket, picture, picture + b"2", picture + b"3")
    unsent = pocket.phone.photograph(picture + b"4")

    assert files(pocket) == {second, third, unsent}
    pocket.woken()
    assert files(pocket) == {second, third, unsent}


async def test_a_kept_photo_whose_file_is_gone_is_told_to_who_took_it_only_where_the_house_needs_it(
    cast, pocket, picture
):
    await pocket.sign_in("cadre")
    there, lost = await arrived(pocket, picture, picture + b"2")
    for path in pocket.phone.store.photos.iterdir():
        path.unlink()
    await restored(without=[lost])
    await pocket.sync()

    assert await photos() == [there]
    assert list(pocket.phone.photos.refused()) == [lost]


def test_what_is_kept_and_why_is_said():
    assert (KEEPING.days, KEEPING.photos_bytes) == (14, 100_000_000)
    assert KEEPING.source
