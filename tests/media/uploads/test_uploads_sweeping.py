"""What was abandoned goes, and nothing else."""

import os
import time
from pathlib import Path

import pytest

from backend.core import jobs, storage
from backend.core.database import fetch, fetch_row
from backend.core.settings import settings
from backend.core.storage_refusals import StorageDown
from backend.media import uploads_sweeping
from backend.media.uploads_sweeping import Swept, sweep

STORE = Path(settings().storage.removeprefix("file://"))


async def a_week_passes() -> None:
    await fetch("UPDATE media_upload SET expires_at = expires_at - interval '8 days'")


def age(path: str, hours: float) -> None:
    moment = time.time() - hours * 3600
    os.utime(STORE / path, (moment, moment))


async def test_an_abandoned_upload_goes_with_its_pieces_and_its_key(phone, pieces):
    address = await phone.open(100)
    await phone.send(address, 0, b"x" * 10)
    await phone.send(address, 10, b"x" * 10)
    await a_week_passes()

    assert (await sweep()).uploads == 1

    assert pieces() == {}
    assert await fetch("SELECT 1 FROM media_upload_part") == []
    assert tuple(await fetch_row("SELECT state, key_sealed, metadata FROM media_upload")) == ("gone", None, None)
    assert (await phone.ask("HEAD", address)).status_code == 410
    assert await sweep() == Swept(uploads=0, strays=0, drafts=0)


async def test_an_upload_that_goes_on_is_left_alone(phone, pieces):
    address = await phone.open(100)
    await phone.send(address, 0, b"x" * 10)
    before = pieces()

    assert await sweep() == Swept(uploads=0, strays=0, drafts=0)
    assert pieces() == before
    assert (await phone.send(address, 10, b"x")).status_code == 204


async def test_after_another_week_even_the_address_is_forgotten(phone, photo):
    abandoned, finished = await phone.open(100), await phone.open(len(photo))
    await phone.send(finished, 0, photo)
    await a_week_passes()
    await sweep()
    assert [(await phone.ask("HEAD", each)).status_code for each in (abandoned, finished)] == [410, 404]

    await a_week_passes()
    await sweep()
    assert (await phone.ask("HEAD", abandoned)).status_code == 404
    assert await fetch("SELECT 1 FROM media_upload") == []
    assert (await phone.photo(finished)).status_code == 200


async def test_a_piece_that_no_row_knows_goes_when_it_is_old_enough(phone, pieces):
    address = await phone.open(100)
    await phone.send(address, 0, b"x" * 10)
    [known] = pieces()
    for name in ("fresh", "old"):
        await storage.put(f"uploads/ab/{name}", b"nobody's")
    age("uploads/ab/old", hours=2)
    age(known, hours=2)

    assert (await sweep()).strays == 1

    assert set(pieces()) == {known, "uploads/ab/fresh"}


async def test_a_file_that_was_never_named_goes_when_it_is_old_enough(pieces):
    await storage.put("uploads/ab/whole", b"1")
    for name in (".new.part", ".old.part"):
        (STORE / "uploads" / "ab" / name).write_bytes(b"half")
    age("uploads/ab/.old.part", hours=2)

    assert (await sweep()).drafts == 1

    assert not (STORE / "uploads/ab/.old.part").exists()
    assert (STORE / "uploads/ab/.new.part").exists()


async def test_pieces_whose_deletion_failed_after_the_photo_was_made_go_too(phone, photo, pieces, monkeypatch):
    address = await phone.open(len(photo))
    await phone.send(address, 0, photo[:10_000])

    async def down(_):
        raise StorageDown

    with monkeypatch.context() as patched:
        patched.setattr(storage, "delete", down)
        assert (await phone.send(address, 10_000, photo[10_000:])).status_code == 204
    [left] = pieces()
    age(left, hours=2)

    assert (await sweep()).strays == 1
    assert pieces() == {}


async def test_a_store_that_is_down_leaves_the_rows_for_the_next_run(phone, pieces, monkeypatch):
    address = await phone.open(100)
    await phone.send(address, 0, b"x" * 10)
    await a_week_passes()

    async def down(_):
        raise StorageDown

    with monkeypatch.context() as patched:
        patched.setattr(storage, "delete", down)
        with pytest.raises(StorageDown):
            await sweep()

    assert (await sweep()).uploads == 1
    assert pieces() == {}


async def test_the_sweeper_comes_every_hour():
    registered = jobs.registered["media/sweep-uploads"]

    assert (registered.cron, registered.handler) == ("41 * * * *", uploads_sweeping.sweep_uploads)
    await registered.handler()
