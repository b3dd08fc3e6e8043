"""What keeping and claiming photos promise."""

import asyncio
from hashlib import sha256

import pytest

from backend.core import ids, storage
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.storage_refusals import StorageFull
from backend.media import actions, contents, looking, photo_reading, records
from backend.media.facts import PhotoState
from backend.media.refusals import NoCopy, PhotoClaimed, PhotoUnknown
from backend.people.actors import visible_to


async def keep(content, *, by, **more):
    return await actions.keep_photo(content=content, file_name="1.jpg", uploaded_by=by.person_id, **more)


async def told(photo_id, *, by):
    return records.record(await photo_reading.photo_for(photo_id=photo_id, scope=visible_to(by)))


async def test_the_original_lies_sealed_and_comes_back_byte_for_byte(cast, photo, objects, verdicts):
    before = set(objects())
    waiting = await keep(photo, by=cast.cadre)
    assert (waiting.state, waiting.verdict, waiting.copy) == ("waiting", None, None)
    await verdicts()
    kept = await told(waiting.id, by=cast.cadre)

    written = {path: content for path, content in objects().items() if path not in before}
    assert sorted(path.rsplit(".", 1)[1] for path in written) == ["1600", "320", "original"]
    assert not any(b"Exif" in content or content.startswith(b"\xff\xd8") for content in written.values())
    row = await fetch_row("SELECT * FROM media_original WHERE sha256 = $1", sha256(photo).digest())
    assert b"".join([piece async for piece in contents.original(row)]) == photo
    assert kept.sha256 == sha256(photo).hexdigest()
    assert (kept.state, kept.width, kept.height, kept.camera.make) == ("accepted", 1200, 1600, "Xiaomi")
    assert kept.point.latitude == pytest.approx(36.896682, abs=1e-6)


async def test_the_same_photo_twice_costs_no_disk_and_tells_the_same_facts_at_once(cast, photo, objects, verdicts):
    first = (await keep(photo, by=cast.cadre)).id
    waiting = (await keep(photo, by=cast.cadre)).id
    assert len(await verdicts()) == 1
    before = objects()
    after = await keep(photo, by=cast.next_cadre)

    assert objects() == before
    assert await verdicts() == []
    same = ("sha256", "size_bytes", "state", "verdict", "width", "height", "taken_at", "camera", "point", "measured")
    all_three = [await told(first, by=cast.cadre), await told(waiting, by=cast.cadre), after]
    assert len({one.id for one in all_three}) == 3
    assert [[getattr(one, name) for name in same] for one in all_three[1:]] == [
        [getattr(all_three[0], name) for name in same]
    ] * 2


async def test_the_same_photo_sent_ten_times_at_once_leaves_one_original(cast, photo, objects, verdicts):
    before = len(objects())
    kept = await asyncio.gather(*(keep(photo, by=cast.cadre) for _ in range(10)))

    assert len({one.id for one in kept}) == 10
    assert len(objects()) - before == 1
    assert len(await verdicts()) == 1
    assert len(objects()) - before == 3
    assert await fetch("SELECT DISTINCT state FROM media_photo") == [("accepted",)]
    row = await photo_reading.photo_for(photo_id=kept[0].id, scope=visible_to(cast.cadre))
    assert (await photo_reading.copy_of(row, name="320")).startswith(b"\xff\xd8")


async def test_one_id_sent_by_ten_at_once_is_one_photo(cast, photo):
    photo_id = ids.uuid7()
    kept = await asyncio.gather(*(keep(photo, by=cast.cadre, photo_id=photo_id) for _ in range(10)))
    assert {one.id for one in kept} == {photo_id}
    assert len(await fetch("SELECT id FROM media_photo")) == 1


async def test_an_id_stands_for_its_first_bytes_and_sender(cast, photo, objects):
    kept = await keep(photo, by=cast.cadre)
    before = objects()

    with pytest.raises(DifferentArguments):
        await keep(photo + b"x", by=cast.cadre, photo_id=kept.id)
    with pytest.raises(DifferentArguments):
        await keep(photo, by=cast.stranger, photo_id=kept.id)
    assert objects() == before


async def test_what_cannot_be_opened_is_kept_and_says_why(cast, photo, verdicts):
    kept = (await keep(photo[:3000], by=cast.cadre)).id
    await verdicts()
    refused = await told(kept, by=cast.cadre)
    assert refused.state == PhotoState.REFUSED
    assert (refused.verdict.grade, refused.verdict.text) == ("unusable", "照片不完整或已损坏，请重新拍摄或重新发送。")
    assert [reason.code for reason in refused.verdict.reasons] == ["broken"]
    assert refused.copy is None
    assert refused.original is not None
    with pytest.raises(NoCopy):
        await photo_reading.copy_of(
            await photo_reading.photo_for(photo_id=kept, scope=visible_to(cast.cadre)), name="320"
        )


async def test_a_full_disk_leaves_nothing_behind(cast, photo, objects, monkeypatch):
    before = objects()

    async def full(path, pieces):
        for _ in pieces:
            raise StorageFull

    monkeypatch.setattr(storage, "put_new", full)
    with pytest.raises(StorageFull):
        await keep(photo, by=cast.cadre)
    assert objects() == before
    assert await fetch("SELECT id FROM media_photo") == []
    assert await fetch("SELECT id FROM pgqueuer") == []


async def test_a_disk_that_fills_up_during_the_look_leaves_the_photo_waiting_for_the_next_try(
    cast, photo, verdicts, monkeypatch
):
    kept = (await keep(photo, by=cast.cadre)).id

    async def full(path, content):
        raise StorageFull

    with monkeypatch.context() as broken:
        broken.setattr(storage, "put", full)
        with pytest.raises(StorageFull):
            await verdicts()
    assert (await told(kept, by=cast.cadre)).state == "waiting"
    await looking.look(looking.Look(sha256(photo).hexdigest()))
    assert (await told(kept, by=cast.cadre)).state == "accepted"


async def test_a_purged_original_comes_back_under_a_new_key(cast, photo, verdicts):
    kept = await keep(photo, by=cast.cadre)
    await verdicts()
    await fetch("UPDATE media_original SET key_sealed = NULL, purged_at = now()")
    await keep(photo, by=cast.cadre)
    assert len(await verdicts()) == 1

    row = await photo_reading.photo_for(photo_id=kept.id, scope=visible_to(cast.cadre))
    assert row["key_sealed"] is not None
    assert (await photo_reading.copy_of(row, name="1600")).startswith(b"\xff\xd8")


async def test_a_refused_record_takes_its_photo_rows_along(cast, photo):
    @transaction
    async def record_that_is_refused():
        await keep(photo, by=cast.cadre)
        raise Refusal("no")

    with pytest.raises(Refusal):
        await record_that_is_refused()
    assert await fetch("SELECT id FROM media_photo") == []
    assert await fetch("SELECT sha256 FROM media_original") == []
    assert await fetch("SELECT id FROM pgqueuer") == []
    assert (await keep(photo, by=cast.cadre)).state == PhotoState.WAITING


async def test_a_claimed_photo_takes_on_the_scope_of_its_record_once(cast, photo):
    kept, record_id = await keep(photo, by=cast.cadre), ids.uuid7()
    claim = {"photo_ids": [kept.id], "kind": "visit", "record_id": record_id, "division_code": "371526101335"}

    await actions.claim_photos(**claim)
    await actions.claim_photos(**claim)
    with pytest.raises(PhotoClaimed):
        await actions.claim_photos(**claim | {"record_id": ids.uuid7(), "division_code": "370782101255"})

    row = await fetch_row("SELECT claimed_kind, claimed_id, division_code FROM media_photo WHERE id = $1", kept.id)
    assert tuple(row) == ("visit", record_id, "371526101335")


async def test_nobody_claims_what_he_did_not_send_and_one_unknown_photo_claims_none(cast, photo):
    kept = await keep(photo, by=cast.cadre)
    claim = {"kind": "visit", "record_id": ids.uuid7(), "division_code": "371526101335"}

    with pytest.raises(PhotoUnknown):
        await actions.claim_photos(photo_ids=[kept.id], uploaded_by=cast.stranger.person_id, **claim)
    with pytest.raises(PhotoUnknown):
        await actions.claim_photos(photo_ids=[kept.id, ids.uuid7()], uploaded_by=cast.cadre.person_id, **claim)
    assert (await fetch_row("SELECT claimed_id FROM media_photo"))["claimed_id"] is None
