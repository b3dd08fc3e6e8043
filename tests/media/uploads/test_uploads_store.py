"""A full disk, a store that is down or slow, a database that goes away: 503, and nothing half-written is listed."""

import asyncio
import errno
import hashlib
import os
import resource
import time
from functools import partial
from os import urandom

import asyncpg
import pytest

from backend.core import durable_files, storage
from backend.core.database import fetch
from backend.core.settings import settings
from backend.media import uploads_finishing, uploads_gathering, uploads_queries
from tests.media.uploads.patient import PatientPhone
from tests.media.uploads.phone import BYTES


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(uploads_gathering, "LARGEST_PART_BYTES", 40_000)


@pytest.fixture
def broken_disk(monkeypatch):
    """`broken_disk(errno.ENOSPC)`: from now on no file reaches the disk; `broken_disk(None)`: it does again."""
    real = os.fsync

    def become(number: int | None) -> None:
        def failing(_: int) -> None:
            raise OSError(number, "said the disk")

        monkeypatch.setattr(os, "fsync", real if number is None else failing)

    return become


@pytest.mark.parametrize(
    ("number", "code", "retry_after"),
    [
        (errno.ENOSPC, "core/storage-full", "300"),
        (errno.EDQUOT, "core/storage-full", "300"),
        (errno.EIO, "core/storage-down", "30"),
    ],
)
async def test_when_a_piece_cannot_be_flushed_the_offset_stays_and_the_phone_is_told_when_to_come_again(
    phone, photo, broken_disk, pieces, number, code, retry_after
):
    address = await phone.open(len(photo) + 200_000)
    await phone.send(address, 0, photo)
    before = pieces()

    broken_disk(number)
    answer = await phone.send(address, len(photo), b"x" * 100_000)
    broken_disk(None)

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, code, retry_after)
    assert await phone.offset(address) == len(photo)
    assert pieces() == before
    assert (await phone.send(address, len(photo), b"x" * 100_000)).status_code == 204


async def test_when_the_last_piece_cannot_be_kept_no_photo_is_there_and_sending_it_again_makes_it(
    phone, photo, broken_disk, objects
):
    address, before = await phone.open(len(photo)), set(objects())
    await phone.send(address, 0, photo[:50_000])

    broken_disk(errno.ENOSPC)
    refused = await phone.send(address, 50_000, photo[50_000:])
    broken_disk(None)

    assert (refused.status_code, await phone.offset(address)) == (503, 50_000)
    assert await fetch("SELECT 1 FROM media_photo") == []
    assert set(objects()) == before
    assert (await phone.send(address, 50_000, photo[50_000:])).status_code == 204
    assert (await phone.photo(address)).json()["sha256"] == hashlib.sha256(photo).hexdigest()


async def test_a_store_that_is_down_does_not_keep_an_upload_from_being_opened_or_looked_at(phone, broken_disk):
    broken_disk(errno.EIO)
    address = await phone.open(5)

    assert await phone.offset(address) == 0
    assert (await phone.send(address, 0, b"hello")).status_code == 503


async def test_a_slow_store_is_a_503_and_what_it_writes_too_late_is_known_to_nobody(phone, monkeypatch):
    monkeypatch.setenv("STORAGE_WITHIN_S", "0.05")
    settings.cache_clear()
    real = durable_files.write_new

    def slowly(*arguments):
        time.sleep(0.3)
        real(*arguments)

    address = await phone.open(100_000)
    monkeypatch.setattr(durable_files, "write_new", slowly)
    answer = await phone.send(address, 0, b"x" * 10_000)
    monkeypatch.undo()
    settings.cache_clear()
    await asyncio.sleep(0.5)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert await phone.offset(address) == 0
    assert await fetch("SELECT 1 FROM media_upload_part") == []
    assert (await phone.send(address, 0, b"y" * 10_000)).status_code == 204


async def test_a_store_that_never_ends_with_the_whole_file_is_a_503(phone, photo, monkeypatch):
    address = await phone.open(len(photo))
    monkeypatch.setattr(uploads_finishing, "FINISH_WITHIN_S", 0.05)

    async def never(*_):
        await asyncio.sleep(30)

    real, storage.put_new = storage.put_new, never
    try:
        answer = await phone.send(address, 0, photo)
    finally:
        storage.put_new = real

    assert answer.status_code == 503
    assert await phone.offset(address) == 0
    assert await fetch("SELECT 1 FROM media_photo") == []


async def test_when_the_database_goes_away_between_store_and_row_the_offset_is_what_it_was(phone, monkeypatch, pieces):
    address = await phone.open(100_000)

    async def gone(*_, **__):
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    with monkeypatch.context() as patched:
        patched.setattr(uploads_queries, "advance", gone)
        answer = await phone.send(address, 0, b"x" * 10_000)

    assert answer.status_code == 503
    assert await phone.offset(address) == 0
    assert len(pieces()) == 1, "whether its row is there nobody knows: the sweeper will look"
    assert (await phone.send(address, 0, b"y" * 10_000)).status_code == 204


async def test_a_node_with_a_full_disk_says_so_and_another_one_takes_the_rest(nodes, signed_in, photo):
    """A real node whose files may not grow beyond 600 kB."""
    content, photo_id = photo + urandom(1_500_000), "01890a5d-ac96-774b-bcce-b302099a8057"
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (600_000, 600_000))
    small, roomy = await asyncio.gather(asyncio.to_thread(nodes.start, preexec_fn=full), asyncio.to_thread(nodes.start))
    phone = PatientPhone(f"http://127.0.0.1:{small}", signed_in, content, photo_id, chunk=500_000)
    address = await phone.open()
    assert await phone.go_on(address) == 500_000

    async with phone.client() as client:
        headers = phone.headers | {"Upload-Offset": "500000", "Content-Type": BYTES}
        answer = await client.patch(address, content=content[500_000:], headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "core/storage-full")

    other = PatientPhone(f"http://127.0.0.1:{roomy}", signed_in, content, photo_id)
    await other.send()
    assert other.sent_from == [500_000]
    [row] = await fetch("SELECT original FROM media_photo")
    assert row["original"] == hashlib.sha256(content).digest()
