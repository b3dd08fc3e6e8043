"""Bytes over HTTP: in parts, kept for good, to those who may see them; and by a signed address for a short time."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.media import actions
from backend.media.signed_addresses import PATH, signed_address, signed_voice_address
from tests.cast import VILLAGE
from tests.media import drawn
from tests.media.drawn import field, saved


@pytest.fixture
def sent(cast, verdicts):
    """Send bytes as the cadre and let the pipeline look."""

    async def send(content: bytes, *, by=None, file_name="田头 录音.amr") -> UUID:
        sender = (by or cast.cadre).person_id
        kept = await actions.keep_photo(content=content, file_name=file_name, uploaded_by=sender)
        await verdicts()
        return kept.id

    return send


NOTE = drawn.amr(20_000)


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=262140-262150", 206, 262140, 262151),
        ("bytes=600000-", 206, 600_000, None),
        ("bytes=-500", 206, -500, None),
        ("bytes=100-99999999", 206, 100, None),
        ("bytes=-99999999", 200, 0, None),
        ("bytes=0-", 200, 0, None),
        ("bytes=5-2", 200, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
async def test_any_part_of_a_voice_note_comes_alone(wire, cast, as_, sent, asked, status, start, stop):
    note = await sent(NOTE)
    answer = await wire.get(f"/{note}/original", headers=await as_(cast.cadre) | {"Range": asked})
    assert (answer.status_code, answer.content) == (status, NOTE[start:stop])
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["accept-ranges"] == "bytes"
    if status == 206:
        first = start if start >= 0 else len(NOTE) + start
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(NOTE)}"


async def test_a_part_beyond_the_end_is_refused_and_one_of_other_bytes_is_all_of_these(wire, cast, as_, sent):
    note, signed = await sent(NOTE), await as_(cast.cadre)
    beyond = await wire.get(f"/{note}/original", headers=signed | {"Range": f"bytes={len(NOTE)}-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "media/range-outside")

    etag = (await wire.get(f"/{note}/original", headers=signed)).headers["etag"]
    part = {"Range": "bytes=0-9"}
    same = await wire.get(f"/{note}/original", headers=signed | part | {"If-Range": etag})
    other = await wire.get(f"/{note}/original", headers=signed | part | {"If-Range": '"other"'})
    known = await wire.get(f"/{note}/original", headers=signed | {"If-None-Match": f'"x", W/{etag}'})
    assert (same.status_code, other.status_code, known.status_code, known.content) == (206, 200, 304, b"")


async def test_an_original_is_a_download_that_no_browser_runs(wire, cast, as_, sent):
    page = await sent(b"<html><script>alert(1)</script>", file_name='a"; x.html\r\nSet-Cookie: 1')
    answer = await wire.get(f"/{page}/original", headers=await as_(cast.cadre))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''a%22")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


async def test_who_reads_anothers_original_is_written_down_and_ones_own_is_not(wire, photo, cast, as_, sent):
    mine = await sent(photo)
    await actions.claim_photos(photo_ids=[mine], kind="visit", record_id=ids.uuid7(), division_code=VILLAGE)
    answers = [
        await wire.get(f"/{mine}/original"),
        await wire.get(f"/{mine}/original", headers=await as_(cast.stranger)),
        await wire.get(f"/{mine}/original", headers=await as_(cast.cadre)),
        await wire.get(f"/{mine}/original", headers=await as_(cast.supervisor)),
    ]
    assert [answer.status_code for answer in answers] == [401, 404, 200, 200]
    assert answers[2].content == photo
    rows = await fetch("SELECT person, subject_kind, subject_id, fields FROM people_access_log")
    assert [tuple(row) for row in rows] == [(cast.supervisor.person_id, "photo", mine, ["original"])]


async def test_a_purged_original_is_gone_for_everybody(wire, photo, cast, as_, sent):
    mine, signed = await sent(photo), await as_(cast.cadre)
    await fetch("UPDATE media_original SET key_sealed = NULL, purged_at = now()")
    told = (await wire.get(f"/{mine}", headers=signed)).json()
    answers = [await wire.get(f"/{mine}/{what}", headers=signed) for what in ("original", "copy")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert "保存期已满" in answers[0].json()["detail"]
    assert (told["state"], told["copy"], told["original"]) == ("accepted", None, None)


async def test_part_of_a_copy_comes_alone(wire, photo, cast, as_, sent):
    mine, signed = await sent(photo), await as_(cast.cadre)
    whole = await wire.get(f"/{mine}/copy?size=320", headers=signed)
    part = await wire.get(f"/{mine}/copy?size=320", headers=signed | {"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])


async def test_whoever_serves_the_household_today_sees_its_photos(wire, photo, cast, as_, sent):
    mine = await sent(photo)
    claim = {"kind": "visit", "record_id": ids.uuid7(), "division_code": "370782101255"}
    await actions.claim_photos(photo_ids=[mine], household_id=cast.next_household, **claim)
    seen = [
        (await wire.get(f"/{mine}", headers=await as_(who))).status_code for who in (cast.next_cadre, cast.stranger)
    ]
    assert seen == [200, 404]

    await actions.move_claim(
        kind="visit", record_id=claim["record_id"], division_code=VILLAGE, household_id=cast.strangers_household
    )
    seen = [
        (await wire.get(f"/{mine}", headers=await as_(who))).status_code for who in (cast.next_cadre, cast.stranger)
    ]
    assert seen == [404, 200]


async def shown(wire, address: str):
    return await wire.get(f"http://test{address}")


async def test_a_signed_address_shows_a_copy_to_whoever_holds_it_until_its_time_is_over(wire, photo, sent):
    mine = await sent(photo)
    address = signed_address(photo_id=mine, longest=320, valid_for=timedelta(minutes=10))
    assert str(mine) not in address

    answer = await shown(wire, address)
    assert (answer.status_code, answer.content[:2]) == (200, b"\xff\xd8")
    assert 500 < int(answer.headers["cache-control"].split("max-age=")[1].split(",")[0]) <= 600
    with clock.stopped(clock.now() + timedelta(minutes=11)):
        late = await shown(wire, address)
    assert (late.status_code, late.json()["code"]) == (404, "media/address-expired")


async def test_an_altered_address_shows_nothing(wire, photo, sent):
    mine, other = await sent(photo), await sent(saved(field()))
    address = signed_address(photo_id=mine, longest=320, valid_for=timedelta(minutes=10))
    token = address.removeprefix(f"{PATH}/")
    swapped = signed_address(photo_id=other, longest=320, valid_for=timedelta(minutes=10)).removeprefix(f"{PATH}/")
    flipped = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for wrong in (flipped, token[:20], swapped[:22] + token[22:], "x", "%00", "中"):
        answer = await shown(wire, f"{PATH}/{wrong}")
        assert (answer.status_code, answer.json()["code"]) == (404, "media/address-expired"), wrong
    for odd in ({"longest": 77}, {"valid_for": timedelta(days=2)}, {"valid_for": timedelta(0)}):
        with pytest.raises(ValueError, match="copy"):
            signed_address(**{"photo_id": mine, "longest": 320, "valid_for": timedelta(minutes=1)} | odd)


async def test_a_signed_address_plays_a_voice_note_as_the_sound_it_is_and_in_ranges(wire, sent):
    address = signed_voice_address(photo_id=await sent(NOTE), valid_for=timedelta(minutes=10))
    whole = await shown(wire, address)
    assert (whole.status_code, whole.headers["content-type"], whole.content) == (200, "audio/amr", NOTE)
    assert "content-disposition" not in whole.headers
    assert whole.headers["x-content-type-options"] == "nosniff"

    part = await wire.get(f"http://test{address}", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, NOTE[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(NOTE)}"
    with clock.stopped(clock.now() + timedelta(minutes=11)):
        assert (await shown(wire, address)).status_code == 404


async def test_a_picture_is_not_played_and_a_voice_note_is_not_shown(wire, photo, sent):
    picture, note = await sent(photo), await sent(NOTE)
    for address in (
        signed_voice_address(photo_id=picture, valid_for=timedelta(minutes=1)),
        signed_address(photo_id=note, longest=320, valid_for=timedelta(minutes=1)),
    ):
        answer = await shown(wire, address)
        assert (answer.status_code, answer.json()["code"]) == (404, "media/no-copy")


async def test_head_tells_what_get_would_send_and_sends_nothing(wire, cast, as_, sent):
    photo, signed = await sent(saved(field())), await as_(cast.cadre)
    address = signed_address(photo_id=photo, longest=320, valid_for=timedelta(minutes=5))
    for path in (f"/{photo}/copy?size=320", f"/{photo}/original", f"http://test{address}", "/export"):
        full = await wire.get(path, headers=signed)
        bare = await wire.head(path, headers=signed | {"Range": "bytes=0-9"})
        assert (bare.status_code, bare.content) == (200, b"")
        for name in ("etag", "content-length", "content-type", "cache-control", "accept-ranges", "x-total-count"):
            assert bare.headers.get(name) == full.headers.get(name), (path, name)
        if tag := full.headers.get("etag"):
            assert (await wire.head(path, headers=signed | {"If-None-Match": tag})).status_code == 304


async def test_head_is_for_those_who_may_read_and_is_no_reading(wire, cast, as_, sent):
    photo = await sent(saved(field()))
    await actions.claim_photos(photo_ids=[photo], kind="visit", record_id=ids.uuid7(), division_code=VILLAGE)

    for path in (f"/{photo}/copy", f"/{photo}/original"):
        assert (await wire.head(path)).status_code == 401
        assert (await wire.head(path, headers=await as_(cast.stranger))).status_code == 404
        assert (await wire.head(path, headers=await as_(cast.supervisor))).status_code == 200
    assert await fetch("SELECT 1 FROM people_access_log") == []
