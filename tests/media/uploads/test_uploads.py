"""What resumable uploads promise over HTTP, to the letter of tus 1.0.0."""

import asyncio
import hashlib
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from os import urandom
from uuid import UUID

import httpx
import pytest

from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.core.settings import settings
from backend.media import actions, uploads_gathering
from backend.media.refusals import PhotoUnknown
from tests.media.uploads.phone import BYTES, TUS, metadata

JPEG_NAME = "现场照片.jpg"
SLOW_LINE_PIECE = 40_000


@pytest.fixture
def small_pieces(monkeypatch):
    """Pieces of 40 kB, so that a small file has several."""
    monkeypatch.setattr(uploads_gathering, "LARGEST_PART_BYTES", SLOW_LINE_PIECE)


async def chunks(content: bytes, size: int = 10_000):
    for at in range(0, len(content), size):
        yield content[at : at + size]


def sha1(content: bytes) -> str:
    return f"sha1 {b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()}"


def sha256(content: bytes) -> str:
    return f"sha256 {b64encode(hashlib.sha256(content).digest()).decode()}"


# Core


async def test_a_photo_travels_in_pieces_and_is_there_once_whole(phone, photo, pieces, cast):
    address = await phone.open(len(photo), Upload_Metadata=metadata(filename=JPEG_NAME))
    first = await phone.send(address, 0, photo[:30_000])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "30000")
    assert await phone.offset(address) == 30_000
    assert (await phone.photo(address)).status_code == 404

    last = await phone.send(address, 30_000, photo[30_000:])

    assert (last.status_code, last.headers["upload-offset"], last.content) == (204, str(len(photo)), b"")
    told = (await phone.photo(address)).json()
    assert (told["sha256"], told["size_bytes"]) == (hashlib.sha256(photo).hexdigest(), len(photo))
    assert (told["file_name"], told["id"]) == (JPEG_NAME, address.rpartition("/")[2])
    assert await phone.offset(address) == len(photo)
    assert pieces() == {}
    assert len(await fetch("SELECT 1 FROM media_photo")) == 1


async def test_every_answer_names_the_version_refusals_too(phone, client):
    answers = [
        await client.options("/uploads"),
        await client.post("/uploads"),
        await client.post("/uploads", headers=TUS),
        await client.get("/uploads", headers=TUS),
        await phone.ask("HEAD", f"/uploads/{ids.uuid7()}"),
        await phone.ask("PATCH", "/uploads/seven"),
        await phone.ask("POST", "/uploads", Upload_Length="5"),
    ]

    assert [answer.status_code for answer in answers] == [204, 412, 401, 405, 404, 404, 201]
    assert {answer.headers["tus-resumable"] for answer in answers} == {"1.0.0"}


async def test_options_tell_what_is_spoken_here_to_everybody(client):
    for address in ("/uploads", f"/uploads/{ids.uuid7()}"):
        told = (await client.options(address, headers={"Tus-Resumable": "0.2.2"})).headers
        assert told["tus-version"] == "1.0.0"
        assert told["tus-extension"].split(",") == [
            "creation",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination",
            "concatenation",
        ]
        assert told["tus-max-size"] == str(settings().photo_max_bytes)
        assert told["tus-checksum-algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", ["0.2.2", "1.0.1", ""])
async def test_another_version_is_refused_before_anything_is_done(phone, version):
    answer = await phone.ask("POST", "/uploads", Upload_Length="5", Tus_Resumable=version)

    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
    assert await fetch("SELECT 1 FROM media_upload") == []


async def test_the_offset_is_never_cached_and_comes_with_length_and_metadata(phone):
    said = metadata(filename=JPEG_NAME, note="") + ",is_urgent"
    address = await phone.open(100, Upload_Metadata=said)
    told = (await phone.ask("HEAD", address)).headers

    assert (told["upload-offset"], told["upload-length"], told["cache-control"]) == ("0", "100", "no-store")
    assert told["upload-metadata"] == said
    assert "upload-concat" not in told


async def test_a_patch_at_another_byte_changes_nothing(phone, pieces):
    address = await phone.open(100)
    await phone.send(address, 0, b"x" * 40)
    before = pieces()

    answers = [await phone.send(address, offset, b"y" * 10) for offset in (0, 39, 41, 100)]

    assert [answer.status_code for answer in answers] == [409] * 4
    assert answers[0].json()["upload_offset"] == 40
    assert await phone.offset(address) == 40
    assert pieces() == before


@pytest.mark.parametrize("content_type", ["application/octet-stream", "image/jpeg", ""])
async def test_a_patch_of_another_content_type_is_not_taken(phone, content_type):
    address = await phone.open(10)
    answer = await phone.ask("PATCH", address, b"x" * 10, Upload_Offset="0", Content_Type=content_type)

    assert answer.status_code == 415
    assert await phone.offset(address) == 0


@pytest.mark.parametrize("offset", ["-1", "x", "1.5", None])
async def test_an_offset_that_is_no_number_is_named(phone, offset):
    address = await phone.open(10)
    more = {} if offset is None else {"Upload_Offset": offset}
    answer = await phone.ask("PATCH", address, b"x", Content_Type=BYTES, **more)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == ("Upload-Offset" if offset is None else "upload_offset")


@pytest.mark.parametrize("declared", [True, False])
async def test_more_bytes_than_the_length_are_refused(phone, declared, pieces):
    address = await phone.open(10)
    content = b"x" * 11
    answer = await phone.send(address, 0, content if declared else chunks(content, 6))

    assert (answer.status_code, answer.json()["room_bytes"]) == (413, 10)
    assert await phone.offset(address) == 0
    assert pieces() == {}


async def test_a_patch_of_a_body_without_a_length_is_taken(phone, photo, small_pieces):
    address = await phone.open(len(photo))
    answer = await phone.send(address, 0, chunks(photo))

    assert answer.status_code == 204
    assert (await phone.photo(address)).json()["sha256"] == hashlib.sha256(photo).hexdigest()


async def test_an_empty_patch_is_harmless_before_and_after_the_end(phone):
    address = await phone.open(5)
    assert (await phone.send(address, 0, b"")).headers["upload-offset"] == "0"
    await phone.send(address, 0, b"hello")
    again = await phone.send(address, 5, b"")
    more = await phone.send(address, 5, b"x")

    assert (again.status_code, again.headers["upload-offset"]) == (204, "5")
    assert more.status_code == 413


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
async def test_the_method_in_the_header_counts_whatever_the_real_one_is(phone, method):
    """A WeChat mini-program has no PATCH."""
    address = await phone.open(5)
    override = {"X_HTTP_Method_Override": "PATCH", "Content_Type": BYTES}
    sent = await phone.ask(method, address, b"hel", Upload_Offset="0", **override)
    looked = await phone.ask(method, address, X_HTTP_Method_Override="HEAD")
    ended = await phone.ask(method, address, X_HTTP_Method_Override="DELETE")

    assert [sent.status_code, looked.status_code, ended.status_code] == [204, 200, 204]
    assert (sent.headers["upload-offset"], looked.headers["upload-offset"]) == ("3", "3")
    assert (await phone.ask("HEAD", address)).status_code == 410


# Creation, and creation with upload


async def test_the_address_of_an_upload_is_absolute(phone, monkeypatch):
    assert (await phone.open(5)).startswith("http://phones.test/uploads/")

    monkeypatch.setenv("PUBLIC_URL", "https://lianxin.example/")
    settings.cache_clear()
    try:
        assert (await phone.open(5)).startswith("https://lianxin.example/uploads/")
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload_Length": "-1"}, 400),
        ({"Upload_Length": "many"}, 400),
        ({"Upload_Defer_Length": "1"}, 400),
        ({"Upload_Length": "20000001"}, 413),
        ({"Upload_Length": "5", "Upload_Metadata": "filename =="}, 400),
        ({"Upload_Length": "5", "Upload_Metadata": metadata(id="seven")}, 400),
        ({"Upload_Length": "5", "Upload_Concat": "whole"}, 400),
    ],
)
async def test_an_upload_of_the_wrong_shape_is_not_opened(phone, headers, status):
    answer = await phone.ask("POST", "/uploads", **headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await fetch("SELECT 1 FROM media_upload") == []


async def test_the_first_bytes_may_come_with_the_opening(phone, photo):
    opened = await phone.ask("POST", "/uploads", photo[:999], Upload_Length=str(len(photo)), Content_Type=BYTES)
    assert (opened.status_code, opened.headers["upload-offset"]) == (201, "999")

    await phone.send(opened.headers["location"], 999, photo[999:])
    assert (await phone.photo(opened.headers["location"])).status_code == 200


async def test_a_whole_photo_may_come_with_the_opening(phone, photo, objects):
    before = set(objects())
    opened = await phone.ask(
        "POST", "/uploads", photo, Upload_Length=str(len(photo)), Content_Type=BYTES, Upload_Checksum=sha256(photo)
    )

    assert (opened.status_code, opened.headers["upload-offset"]) == (201, str(len(photo)))
    assert "upload-expires" not in opened.headers
    assert (await phone.photo(opened.headers["location"])).json()["sha256"] == hashlib.sha256(photo).hexdigest()
    assert not any(photo[:100] in content for path, content in objects().items() if path not in before)


async def test_bytes_of_another_content_type_do_not_come_with_the_opening(phone):
    answer = await phone.ask("POST", "/uploads", b"hello", Upload_Length="5", Content_Type="image/jpeg")
    assert answer.status_code == 415


async def test_an_empty_file_is_received_at_once_and_judged(phone):
    address = await phone.open(0)

    assert await phone.offset(address) == 0
    assert (await phone.photo(address)).json()["size_bytes"] == 0


async def test_a_lost_answer_costs_nothing_the_same_opening_finds_the_same_upload(phone, photo):
    said = metadata(id=str(ids.uuid7()), filename=JPEG_NAME)
    address = await phone.open(len(photo), Upload_Metadata=said)
    await phone.send(address, 0, photo[:500])

    again = await phone.ask(
        "POST", "/uploads", photo[:300], Upload_Length=str(len(photo)), Upload_Metadata=said, Content_Type=BYTES
    )
    assert (again.status_code, again.headers["location"], again.headers["upload-offset"]) == (201, address, "500")
    await phone.send(address, 500, photo[500:])
    done = await phone.ask("POST", "/uploads", Upload_Length=str(len(photo)), Upload_Metadata=said)
    assert (done.headers["location"], done.headers["upload-offset"]) == (address, str(len(photo)))


async def test_an_id_stands_for_one_file_of_one_person(phone, phone_of, cast):
    said = metadata(id=str(ids.uuid7()))
    await phone.open(5, Upload_Metadata=said)

    longer = await phone.ask("POST", "/uploads", Upload_Length="6", Upload_Metadata=said)
    hers = await (await phone_of(cast.next_cadre)).ask("POST", "/uploads", Upload_Length="5", Upload_Metadata=said)
    assert [longer.status_code, hers.status_code] == [409, 409]


async def test_an_idempotency_key_does_the_same_for_its_owner_only(phone, phone_of, cast):
    mine = [await phone.open(5, Idempotency_Key="first of the day") for _ in range(2)]
    hers = await (await phone_of(cast.next_cadre)).open(5, Idempotency_Key="first of the day")

    assert mine[0] == mine[1] != hers


async def test_the_id_of_a_photo_that_came_another_way_opens_no_upload(phone, client, as_, cast, photo):
    photo_id = str(ids.uuid7())
    form = {"files": {"photo": ("1.jpg", photo, "image/jpeg")}, "data": {"id": photo_id}}
    assert (await client.post("/api/v1/photos", headers=await as_(cast.cadre), **form)).status_code == 201

    answer = await phone.ask("POST", "/uploads", Upload_Length="5", Upload_Metadata=metadata(id=photo_id))
    assert answer.status_code == 409


# Checksum


@pytest.mark.parametrize("hashed", [sha1, sha256])
async def test_bytes_with_their_checksum_are_kept(phone, photo, small_pieces, hashed, pieces):
    large = photo + urandom(200_000)
    address = await phone.open(len(large))
    first = await phone.send(address, 0, large[:100_000], Upload_Checksum=hashed(large[:100_000]))
    last = await phone.send(address, 100_000, large[100_000:], Upload_Checksum=hashed(large[100_000:]))

    assert [first.status_code, last.status_code] == [204, 204]
    assert (await phone.photo(address)).json()["sha256"] == hashlib.sha256(large).hexdigest()
    assert pieces() == {}


@pytest.mark.parametrize("size", [100, 100_000, 120_000])
async def test_bytes_with_another_checksum_are_discarded_all_of_them(phone, small_pieces, pieces, size):
    address = await phone.open(120_000)
    answer = await phone.send(address, 0, urandom(size), Upload_Checksum=sha1(b"other bytes"))

    assert (answer.status_code, answer.json()["code"]) == (460, "media/checksum-mismatch")
    assert await phone.offset(address) == 0
    assert pieces() == {}
    assert (await phone.photo(address)).status_code == 404


async def test_an_unknown_algorithm_is_refused_and_nothing_is_kept(phone, pieces):
    address = await phone.open(5)
    answer = await phone.send(address, 0, b"hello", Upload_Checksum="crc32 NhCmhg==")

    assert answer.status_code == 400
    assert await phone.offset(address) == 0


async def test_under_a_checksum_a_broken_line_leaves_nothing_of_that_request(
    phone, cut_line, cast, small_pieces, pieces
):
    address = await phone.open(200_000)
    await cut_line(cast.cadre, address, 0, [urandom(50_000)] * 3, 200_000, Upload_Checksum=sha1(b"?"))

    assert await phone.offset(address) == 0
    assert pieces() == {}


# Expiration and termination


async def test_an_unfinished_upload_says_until_when_it_can_be_resumed(phone):
    opened = await phone.ask("POST", "/uploads", Upload_Length="5")
    sent = await phone.send(opened.headers["location"], 0, b"hel")
    looked = await phone.ask("HEAD", opened.headers["location"])

    for answer in (opened, sent, looked):
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer.headers["upload-expires"])
        left = parsedate_to_datetime(answer.headers["upload-expires"]) - datetime.now(UTC)
        assert timedelta(hours=settings().upload_hours - 1) < left <= timedelta(hours=settings().upload_hours)


async def abandon() -> None:
    """Let a week go by."""
    await fetch("UPDATE media_upload SET expires_at = now() - interval '1 second'")


async def test_an_expired_upload_is_gone_and_can_be_begun_anew(phone, pieces):
    said = metadata(id=str(ids.uuid7()))
    address = await phone.open(10, Upload_Metadata=said)
    await phone.send(address, 0, b"hello")
    await abandon()

    looked, sent = await phone.ask("HEAD", address), await phone.send(address, 5, b"world")

    assert (looked.status_code, sent.status_code) == (410, 410)
    assert "upload-offset" not in looked.headers
    assert await phone.open(10, Upload_Metadata=said) == address
    assert await phone.offset(address) == 0
    assert pieces() == {}


async def test_a_terminated_upload_is_gone_with_all_it_held(phone, pieces):
    address = await phone.open(10)
    await phone.send(address, 0, b"hello")
    assert len(pieces()) == 1

    ended = await phone.ask("DELETE", address)

    assert (ended.status_code, pieces()) == (204, {})
    assert [(await phone.ask(method, address)).status_code for method in ("HEAD", "DELETE")] == [410, 410]
    assert (await phone.send(address, 5, b"world")).status_code == 410
    row = await fetch_row("SELECT key_sealed, metadata FROM media_upload")
    assert tuple(row) == (None, None)


async def test_terminating_a_finished_upload_leaves_its_photo(phone, photo):
    address = await phone.open(len(photo))
    await phone.send(address, 0, photo)

    assert (await phone.ask("DELETE", address)).status_code == 204
    assert (await phone.photo(address)).status_code == 200


# Concatenation


async def test_a_photo_is_put_together_from_parts_that_were_sent_side_by_side(phone, photo):
    middle = len(photo) // 2
    first, second = [await phone.open(n, Upload_Concat="partial") for n in (middle, len(photo) - middle)]
    await asyncio.gather(phone.send(second, 0, photo[middle:]), phone.send(first, 0, photo[:middle]))
    assert await fetch("SELECT 1 FROM media_photo") == []

    listed = f"final;{first} {httpx.URL(second).path}"
    made = await phone.ask("POST", "/uploads", Upload_Concat=listed, Upload_Metadata=metadata(filename=JPEG_NAME))

    assert made.status_code == 201
    address = made.headers["location"]
    told = (await phone.ask("HEAD", address)).headers
    assert (told["upload-offset"], told["upload-length"], told["upload-concat"]) == (str(len(photo)),) * 2 + (listed,)
    shown = (await phone.photo(address)).json()
    assert (shown["sha256"], shown["file_name"]) == (hashlib.sha256(photo).hexdigest(), JPEG_NAME)
    assert (await phone.ask("HEAD", first)).headers["upload-concat"] == "partial"
    assert (await phone.send(address, len(photo), b"")).status_code == 403
    assert (await phone.send(address, 0, b"x")).status_code == 403


async def test_only_complete_partial_uploads_of_ones_own_are_put_together(phone, phone_of, cast):
    unfinished, whole = await phone.open(5, Upload_Concat="partial"), await phone.open(5)
    hers = await (await phone_of(cast.next_cadre)).open(5, Upload_Concat="partial")
    await phone.send(whole, 0, b"hello")

    statuses = [
        (await phone.ask("POST", "/uploads", Upload_Concat=f"final;{listed}")).status_code
        for listed in (unfinished, whole, hers, f"/uploads/{ids.uuid7()}")
    ]
    assert statuses == [400, 400, 404, 404]


async def test_partial_uploads_together_are_no_larger_than_one(phone, monkeypatch):
    parts = [await phone.open(60, Upload_Concat="partial") for _ in range(2)]
    for part in parts:
        await phone.send(part, 0, b"x" * 60)
    monkeypatch.setenv("PHOTO_MAX_BYTES", "100")
    settings.cache_clear()
    try:
        answer = await phone.ask("POST", "/uploads", Upload_Concat=f"final;{' '.join(parts)}")
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert answer.status_code == 413


# Who


async def test_an_upload_is_its_openers_alone(phone, phone_of, cast, client):
    address = await phone.open(5)
    for other in (await phone_of(cast.next_cadre), await phone_of(cast.supervisor), await phone_of(cast.stranger)):
        answers = [
            await other.ask("HEAD", address),
            await other.send(address, 0, b"x"),
            await other.ask("DELETE", address),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert "upload-offset" not in answers[0].headers
    nobody = [
        await client.request(method, address, headers=TUS | {"Upload-Offset": "0"})
        for method in ("HEAD", "PATCH", "DELETE")
    ]
    assert [answer.status_code for answer in nobody] == [401, 401, 401]
    assert await phone.offset(address) == 0


# Lines that break, and two at once


async def test_a_patch_that_dies_half_way_keeps_what_arrived(phone, photo, cut_line, cast, small_pieces):
    address = await phone.open(len(photo))
    await cut_line(cast.cadre, address, 0, [photo[:25_000], photo[25_000:61_000], photo[61_000:61_007]], len(photo))

    assert await phone.offset(address) == 61_007
    await phone.send(address, 61_007, photo[61_007:])
    assert (await phone.photo(address)).json()["sha256"] == hashlib.sha256(photo).hexdigest()


async def test_a_line_that_breaks_after_the_last_byte_has_delivered_the_photo(phone, photo, cut_line, cast):
    address = await phone.open(len(photo))
    await cut_line(cast.cadre, address, 0, [photo], len(photo))

    assert await phone.offset(address) == len(photo)
    assert (await phone.photo(address)).status_code == 200


async def test_of_two_patches_at_once_one_wins_and_no_byte_is_mixed(phone, small_pieces, pieces):
    ours, theirs = b"a" * 150_000, b"b" * 150_000
    address = await phone.open(200_000)

    answers = await asyncio.gather(*(phone.send(address, 0, chunks(content)) for content in (ours, theirs)))

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert await phone.offset(address) == 150_000
    assert len(pieces()) == len(await fetch("SELECT 1 FROM media_upload_part")) == 4


async def test_of_eight_last_patches_at_once_one_makes_the_photo(phone, photo, objects, pieces):
    address = await phone.open(len(photo))
    await phone.send(address, 0, photo[:1000])
    before = set(objects())

    answers = await asyncio.gather(*(phone.send(address, 1000, photo[1000:]) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [204] + [409] * 7
    assert len([path for path in set(objects()) - before if path.endswith(".original")]) == 1
    assert len(await fetch("SELECT 1 FROM media_photo")) == 1
    assert pieces() == {}


async def test_a_patch_overtaken_by_another_hears_of_it_and_leaves_nothing(phone, pieces, small_pieces):
    """A stalled request that comes back to life after the phone has gone on."""
    address = await phone.open(100_000)
    arrived = asyncio.Event()

    async def stalled():
        yield b"a" * 10_000
        await arrived.wait()
        yield b"a" * 50_000

    slow = asyncio.create_task(phone.send(address, 0, stalled()))
    await asyncio.sleep(0.05)
    assert (await phone.send(address, 0, b"b" * 20_000)).status_code == 204
    arrived.set()

    assert (await slow).status_code == 409
    assert await phone.offset(address) == 20_000
    assert len(pieces()) == 1


async def test_pieces_lie_sealed_in_the_store(phone, pieces):
    address = await phone.open(100_000)
    plain = b"every field of the village " * 1000
    await phone.send(address, 0, plain)

    [content] = pieces().values()
    assert b"village" not in content
    assert len(content) > len(plain)


async def test_an_unfinished_upload_is_listed_nowhere_and_can_be_claimed_by_no_record(phone, cast):
    address = await phone.open(10)
    await phone.send(address, 0, b"hello")

    assert await fetch("SELECT 1 FROM media_photo") == []
    with pytest.raises(PhotoUnknown):
        await actions.claim_photos(
            photo_ids=[UUID(address.rpartition("/")[2])],
            kind="visit",
            record_id=ids.uuid7(),
            division_code="371526101335",
        )
