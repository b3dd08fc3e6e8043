"""What this room forgets: the place after 90 days, the picture after 24 months, and nothing that was sent since."""

from datetime import timedelta

import pytest

from backend.core import clock, ids, storage
from backend.core.database import fetch, fetch_row
from backend.core.storage_refusals import StorageDown
from backend.media import actions, flushing, receiving
from backend.media.retention import clear_purged, sweep_originals
from backend.people import retention
from backend.territory.coordinates import cell_1km
from tests.media.drawn import field, saved

RULES = {each.name: each for each in retention.rules()}


async def after(days: int, name: str) -> int:
    with clock.stopped(clock.now() + timedelta(days=days)):
        return (await retention.apply_rule(RULES[name])).rows


@pytest.fixture
async def kept(cast, photo, verdicts):
    kept = await actions.keep_photo(content=photo, file_name="林家.jpg", uploaded_by=cast.cadre.person_id)
    await verdicts()
    return kept


async def test_the_cameras_place_is_precise_for_90_days(kept):
    assert await after(89, "media.points") == 0
    before = await fetch_row("SELECT longitude, latitude FROM media_photo")
    assert await after(91, "media.points") == 1
    row = await fetch_row("SELECT * FROM media_photo")
    assert (row["longitude"], row["latitude"]) == pytest.approx(cell_1km(*before), abs=2e-7)
    assert row["coarse"]


async def test_after_24_months_an_original_cannot_be_read_and_then_is_no_more(kept, objects):
    assert await after(730, "media.originals") == 0
    before = objects()
    assert await after(732, "media.originals") == 1
    assert await after(732, "media.photos") == 1

    row = await fetch_row("SELECT * FROM media_photo p JOIN media_original o ON o.sha256 = p.original")
    gone = ("key_sealed", "perceptual_hash", "hash_bands", "camera_make", "camera_model", "longitude", "latitude")
    assert [row[name] for name in gone] == [None] * len(gone)
    assert row["file_name"] == ""
    assert objects() == before
    await clear_purged()
    assert len(before) - len(objects()) == 3
    await clear_purged()


async def test_an_original_that_was_sent_again_stays(kept, photo, cast):
    with clock.stopped(clock.now() + timedelta(days=400)):
        await actions.keep_photo(content=photo, file_name="", uploaded_by=cast.cadre.person_id)
    assert await after(732, "media.originals") == 0
    assert await after(1132, "media.originals") == 1


async def test_what_looked_like_it_is_told_no_more(cast, verdicts):
    for quality in (60, 90):
        content = saved(field(), quality=quality)
        await actions.keep_photo(content=content, file_name="", uploaded_by=cast.cadre.person_id)
    await verdicts()
    assert len(await fetch("SELECT id FROM media_near_duplicate")) == 2
    assert await after(732, "media.originals") == 2
    assert await fetch("SELECT id FROM media_near_duplicate") == []


async def test_what_no_row_knows_is_swept_a_day_later_and_nothing_else(kept, objects):
    before = objects()
    await storage.put("media/ab/abandoned.original", b"x")
    await sweep_originals()
    assert set(objects()) - set(before) == {"media/ab/abandoned.original"}
    with clock.stopped(clock.now() + timedelta(days=2)):
        await sweep_originals()
    assert {path for path in objects() if "abandoned" in path} == set()
    row = await fetch_row("SELECT object_path FROM media_original")
    assert len([path for path in objects() if path.startswith(row["object_path"])]) == 3


async def test_bytes_purged_between_their_two_halves_are_asked_for_again_and_not_lost(kept, photo, cast):
    flushed = await flushing.flush(source=photo)
    assert flushed.object_path is None
    await fetch("UPDATE media_original SET key_sealed = NULL, purged_at = now()")
    with pytest.raises(StorageDown):
        await receiving.keep(flushed=flushed, file_name="", photo_id=ids.uuid7(), uploaded_by=cast.cadre.person_id)
