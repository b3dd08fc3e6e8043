import hashlib
from uuid import uuid4

from backend.core.database import fetch_row
from backend.core.ids import uuid7
from backend.media import forgetting, looking, retention
from backend.media.actions import claim_photos, keep_photo
from tests.cast import VILLAGE
from tests.media.drawn import field, saved


async def kept(cast, content, record_id):
    photo = await keep_photo(content=content, file_name="田里.jpg", uploaded_by=cast.cadre.person_id, photo_id=uuid7())
    await claim_photos(photo_ids=[photo.id], kind="case", record_id=record_id, division_code=VILLAGE)
    return photo


async def row_of(photo):
    return await fetch_row(
        "SELECT p.*, o.key_sealed, o.perceptual_hash, o.looked_at FROM media_photo p "
        "JOIN media_original o ON o.sha256 = p.original WHERE p.id = $1",
        photo.id,
    )


async def test_a_record_that_is_forgotten_takes_its_photos_keys_and_their_objects_follow(cast, objects):
    content, record_id = saved(field(seed=21)), uuid4()
    photo = await kept(cast, content, record_id)
    await looking.look(looking.Look(hashlib.sha256(content).hexdigest()))

    assert await forgetting.destroy(kind="case", record_id=record_id) == 1
    row = await row_of(photo)
    assert (row["state"], row["reasons"], row["file_name"], row["longitude"]) == ("refused", ["purged"], "", None)
    assert (row["key_sealed"], row["perceptual_hash"]) == (None, None)
    before = len(objects())
    await retention.clear_purged()
    assert len(objects()) < before
    assert await forgetting.destroy(kind="case", record_id=record_id) == 0


async def test_bytes_that_another_record_has_stay_for_that_record(cast, objects):
    content, record_id = saved(field(seed=22)), uuid4()
    mine, others = await kept(cast, content, record_id), await kept(cast, content, uuid4())
    await forgetting.destroy(kind="case", record_id=record_id)
    assert (await row_of(mine))["reasons"] == ["purged"]
    assert (await row_of(others))["key_sealed"] is not None
    assert (await row_of(others))["file_name"] == "田里.jpg"


async def test_a_look_that_comes_after_it_writes_nothing_back(cast, objects):
    content, record_id = saved(field(seed=23)), uuid4()
    photo = await kept(cast, content, record_id)
    await forgetting.destroy(kind="case", record_id=record_id)
    await looking.look(looking.Look(hashlib.sha256(content).hexdigest()))
    row = await row_of(photo)
    assert (row["reasons"], row["perceptual_hash"]) == (["purged"], None)
