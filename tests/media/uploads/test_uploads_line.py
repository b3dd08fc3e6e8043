"""A bad line, nodes that die, two stores: every photo arrives whole, exactly once, and nothing is asked for twice."""

import asyncio
import hashlib
import time
from os import urandom

import httpx
import pytest

from backend.core import ids
from backend.core.database import fetch
from tests.media.uploads.nodes import Line
from tests.media.uploads.patient import PatientPhone

TRUE_SPEED = {"bits_per_s": 50_000, "latency_s": 2.0}
EIGHTY_TIMES = {"bits_per_s": 4_000_000, "latency_s": 0.025}


def large_photo(photo: bytes, size: int) -> bytes:
    """A JPEG of so many bytes: what follows its end does not hurt it."""
    return photo + urandom(size - len(photo))


async def must_have_arrived(port, signed_in, photo_id, content):
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=signed_in) as client:
        told = (await client.get(f"/api/v1/photos/{photo_id}")).json()
    assert (told["sha256"], told["size_bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))


async def test_photos_arrive_whole_exactly_once_over_lines_that_are_slow_late_and_cut(nodes, signed_in, photo, pieces):
    """120 kB at the true speed; meanwhile, to save time, 4 MB at 80 times that, over nodes that die."""
    ports = list(await asyncio.gather(*(asyncio.to_thread(nodes.start) for _ in range(3))))

    await asyncio.gather(
        _120_kb_at_the_true_speed(ports[0], signed_in, photo),
        _4_mb_over_nodes_that_die(ports[1:], nodes, signed_in, photo),
    )

    assert len(await fetch("SELECT 1 FROM media_photo")) == len(await fetch("SELECT 1 FROM media_upload")) == 2
    assert await fetch("SELECT 1 FROM media_upload_part") == []
    assert pieces() == {}


async def _120_kb_at_the_true_speed(port, signed_in, photo):
    content, photo_id = large_photo(photo, 120_000), str(ids.uuid7())
    async with Line(lambda: [port], cut_every=40_000, stalls_s=1.0, **TRUE_SPEED) as line:
        await PatientPhone(line.url, signed_in, content, photo_id).send()

    assert line.cuts >= 2
    assert line.carried_bytes < 120_000 * 1.35, "all that was sent, what the cuts lost and every header included"
    await must_have_arrived(port, signed_in, photo_id, content)


async def _4_mb_over_nodes_that_die(ports, nodes, signed_in, photo):
    content, photo_id = large_photo(photo, 4_000_000), str(ids.uuid7())
    async with Line(lambda: ports, cut_every=100_000, **EIGHTY_TIMES) as line:
        phone = PatientPhone(line.url, signed_in, content, photo_id)
        sending = asyncio.create_task(phone.send())
        for cuts in (5, 15, 25):
            while line.cuts < cuts:
                await asyncio.sleep(0.02)
            assert not sending.done()
            await asyncio.to_thread(nodes.kill, ports[1])
            await asyncio.to_thread(nodes.start, ports[1])
        await sending

    assert line.cuts >= 39
    assert phone.sent_from == sorted(phone.sent_from)
    await must_have_arrived(ports[0], signed_in, photo_id, content)


async def test_a_node_killed_between_chunks_costs_nothing_the_other_goes_on(nodes, signed_in, photo):
    first, second = await asyncio.gather(*(asyncio.to_thread(nodes.start) for _ in range(2)))
    content, photo_id = large_photo(photo, 1_500_000), str(ids.uuid7())
    phone = PatientPhone(f"http://127.0.0.1:{first}", signed_in, content, photo_id, chunk=500_000)
    address = await phone.open()
    assert await phone.go_on(address) == 500_000
    await asyncio.to_thread(nodes.kill, first)

    other = PatientPhone(f"http://127.0.0.1:{second}", signed_in, content, photo_id, chunk=500_000)
    await other.send()

    assert other.sent_from == [500_000, 1_000_000]
    await must_have_arrived(second, signed_in, photo_id, content)


async def test_a_node_killed_in_the_middle_of_a_chunk_loses_at_most_the_piece_in_its_hands(nodes, signed_in, photo):
    first, second = await asyncio.gather(*(asyncio.to_thread(nodes.start) for _ in range(2)))
    content, photo_id = large_photo(photo, 6_000_000), str(ids.uuid7())
    phone = PatientPhone(f"http://127.0.0.1:{first}", signed_in, content, photo_id)
    address = await phone.open()

    async def dripping():
        for at in range(0, 4_000_000, 100_000):
            yield content[at : at + 100_000]
        await asyncio.to_thread(_until_told, f"http://127.0.0.1:{second}{address}", phone.headers, 3_000_000)
        await asyncio.to_thread(nodes.kill, first)
        yield content[4_000_000:]

    headers = phone.headers | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    async with httpx.AsyncClient(timeout=20) as client:
        with pytest.raises(httpx.TransportError):
            await client.patch(f"http://127.0.0.1:{first}{address}", content=dripping(), headers=headers)

    other = PatientPhone(f"http://127.0.0.1:{second}", signed_in, content, photo_id)
    await other.send()
    assert other.sent_from[0] >= 3_000_000
    await must_have_arrived(second, signed_in, photo_id, content)


def _until_told(url: str, headers: dict[str, str], offset: int) -> None:
    deadline = time.monotonic() + 20
    while int(httpx.head(url, headers=headers).headers["upload-offset"]) < offset:
        assert time.monotonic() < deadline
        time.sleep(0.05)
