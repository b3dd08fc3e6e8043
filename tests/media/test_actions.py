"""What keeping and claiming photos promise."""

import asyncio
from hashlib import sha256

import pytest

from backend.core import cipher, ids, storage
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, Refusal
from backend.core.storage import StorageFull
from backend.media import actions
from backend.media.originals import OBJECT_PURPOSE, object_at
from backend.media.tables import PhotoState


async def keep(content, *, by, **more):
    return await actions.keep_photo(content=content, file_name="1.jpg", uploaded_by=by.person_id, **more)


async def test_the_original_lies_sealed_and_comes_back_byte_for_byte(cast, photo, objects):
    before = set(objects())
    kept = await keep(photo, by=cast.cadre)

    written = {path: content for path, content in objects().items() if path not in before}
    assert sorted(path.rsplit(".", 1)[1] for path in written) == ["1600", "320", "original"]
    assert not any(b"Exif" in content or content.startswith(b"\xff\xd8") for content in written.values())
    row = await fetch_row("SELECT * FROM media_original WHERE sha256 = $1", sha256(photo).digest())
    key = cipher.open_key(row["key_sealed"], purpose=OBJECT_PURPOSE)
    sealed = await storage.get(object_at(row["object_path"], "original"))
    assert cipher.unseal_bytes(sealed, key=key, purpose=OBJECT_PURPOSE) == photo
    assert kept.sha256 == sha256(photo).hexdigest()
    assert (kept.state, kept.width, kept.height, kept.camera.make) == ("accepted", 1200, 1600, "Xiaomi")
    assert kept.point.latitude == pytest.approx(36.896682, abs=1e-6)


async def test_the_same_photo_twice_costs_no_disk_and_tells_the_same_facts(cast, photo, objects):
    first = await keep(photo, by=cast.cadre)
    before = objects()
    second = await keep(photo, by=cast.next_cadre)

    assert objects() == before
    assert second.id != first.id
    same = ("sha256", "size_bytes", "state", "width", "height", "taken_at", "taken_at_zone_assumed", "camera", "point")
    assert [getattr(second, name) for name in same] == [getattr(first, name) for name in same]


async def test_the_same_photo_sent_ten_times_at_once_leaves_one_original(cast, photo, objects):
    before = len(objects())
    kept = await asyncio.gather(*(keep(photo, by=cast.cadre) for _ in range(10)))

    assert len({one.id for one in kept}) == 10
    assert len(objects()) - before == 3
    [row] = await fetch("SELECT * FROM media_original")
    copy = await actions.copy_of(
        row | {"state": "accepted"} if isinstance(row, dict) else {**row, "state": "accepted"}, name="320"
    )
    assert copy.startswith(b"\xff\xd8")


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


async def test_what_cannot_be_opened_is_kept_and_says_why(cast, photo):
    kept = await keep(photo[:3000], by=cast.cadre)
    assert kept.state == PhotoState.REFUSED
    assert kept.verdict == "照片不完整或已损坏，请重新拍摄或重新发送。"
    assert kept.copy is None
    with pytest.raises(actions.NoCopy):
        await actions.copy_of(
            await fetch_row("SELECT * FROM media_photo p JOIN media_original o ON o.sha256 = p.original"), name="320"
        )


async def test_a_full_disk_leaves_nothing_behind(cast, photo, objects, monkeypatch):
    before, put, calls = objects(), storage.put, []

    async def full(path, content):
        calls.append(path)
        if len(calls) == 2:
            raise StorageFull
        await put(path, content)

    monkeypatch.setattr(storage, "put", full)
    with pytest.raises(StorageFull):
        await keep(photo, by=cast.cadre)
    assert len(calls) == 2
    assert objects() == before
    assert await fetch("SELECT id FROM media_photo") == []


async def test_a_purged_original_comes_back_under_a_new_key(cast, photo):
    kept = await keep(photo, by=cast.cadre)
    await fetch("UPDATE media_original SET key_sealed = NULL, purged_at = now()")
    await keep(photo, by=cast.cadre)

    row = await actions.photo_for(photo_id=kept.id, scope=_own(cast.cadre))
    assert row["key_sealed"] is not None
    assert (await actions.copy_of(row, name="1600")).startswith(b"\xff\xd8")


async def test_a_refused_record_takes_its_photo_rows_along(cast, photo):
    @transaction
    async def record_that_is_refused():
        await keep(photo, by=cast.cadre)
        raise Refusal("no")

    with pytest.raises(Refusal):
        await record_that_is_refused()
    assert await fetch("SELECT id FROM media_photo") == []
    assert await fetch("SELECT sha256 FROM media_original") == []
    assert (await keep(photo, by=cast.cadre)).state == PhotoState.ACCEPTED


async def test_a_claimed_photo_takes_on_the_scope_of_its_record_once(cast, photo):
    kept, record_id = await keep(photo, by=cast.cadre), ids.uuid7()
    claim = {"photo_ids": [kept.id], "kind": "visit", "record_id": record_id, "division_code": "371526101335"}

    await actions.claim_photos(**claim)
    await actions.claim_photos(**claim)
    with pytest.raises(actions.PhotoClaimed):
        await actions.claim_photos(**claim | {"record_id": ids.uuid7(), "division_code": "370782101255"})

    row = await fetch_row("SELECT claimed_kind, claimed_id, division_code FROM media_photo WHERE id = $1", kept.id)
    assert tuple(row) == ("visit", record_id, "371526101335")


async def test_nobody_claims_what_he_did_not_send_and_one_unknown_photo_claims_none(cast, photo):
    kept = await keep(photo, by=cast.cadre)
    claim = {"kind": "visit", "record_id": ids.uuid7(), "division_code": "371526101335"}

    with pytest.raises(actions.PhotoUnknown):
        await actions.claim_photos(photo_ids=[kept.id], uploaded_by=cast.stranger.person_id, **claim)
    with pytest.raises(actions.PhotoUnknown):
        await actions.claim_photos(photo_ids=[kept.id, ids.uuid7()], uploaded_by=cast.cadre.person_id, **claim)
    assert (await fetch_row("SELECT claimed_id FROM media_photo"))["claimed_id"] is None


def _own(actor):
    return actions.Scope(person_id=actor.person_id, prefixes=())
