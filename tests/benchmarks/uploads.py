"""How fast photos come in, beside plain writes to the same disk: `python -m tests.benchmarks.uploads`.

An upload is signed in, and is tus as a phone speaks it: POST to open, one PATCH with all the bytes. It counts when the
204 is there, so every one of them is on disk with its rows (fsync is on, in PostgreSQL too). The floors write the same
bytes to the same disk from as many threads: `plain` leaves them to the system, `flushed` flushes file and folder.
The peer (@tus/server on a folder) has no sign-in, no database, does not flush, and looks at nothing: here the worker in
the same process takes up each upload meanwhile, on the same cores.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

import uvloop

from tests.benchmarks.uploads_server import Serving

KB, MB = 1_000, 1_000_000
PHONES = (1, 8, 32)
SMALL = os.environ.get("BENCH_SCALE") == "small"
SECONDS = 1.0 if SMALL else 6.0
PEER = {(200 * KB, 1): 182, (200 * KB, 8): 376, (200 * KB, 32): 447, (4 * MB, 1): 107 / 4, (4 * MB, 8): 162 / 4}
"""Uploads per second of @tus/server 2.x on two such cores."""


class Rate(NamedTuple):
    """What one measurement found."""

    per_s: float
    p95_ms: float


def main() -> int:
    """Measure and print a table."""
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    with _data_folder() as data:
        os.environ["LIANXIN_DATA"] = str(data)
        from backend.core.postgres import EmbeddedPostgres

        with EmbeddedPostgres(data / "postgres") as postgres:
            token = await _signed_in(postgres.dsn)
            with Serving(postgres.dsn, data) as server:
                await _rates(server, token, data)
                await _memory(server, token)


@contextmanager
def _data_folder():
    folder = Path(tempfile.mkdtemp(prefix="lianxin-bench-", dir=os.environ.get("BENCH_DISK")))
    folder.chmod(0o711)  # PostgreSQL does not run as root
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _signed_in(dsn: str) -> str:
    """The access token of a cadre in a fresh database."""
    os.environ["DATABASE_URL"] = dsn
    from backend.core.settings import settings
    from backend.people.sessions import access_token_for
    from backend.serving.preparing import pooled, prepare
    from tests.cast import make_cast

    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        cast = await make_cast()
        return await access_token_for(person_id=cast.cadre.person_id, valid_for=timedelta(hours=1))


async def _rates(server: Serving, token: str, data: Path) -> None:
    print(_row("", "uploads/s", "MB/s", "p95 ms", "plain/s", "flushed/s", "of flushed", "of peer"))
    await _load(server.port, token, 200 * KB, 8)  # the first ones make the store's 256 folders
    for size in (200 * KB, 4 * MB):
        for phones in PHONES:
            plain = await asyncio.to_thread(_floor, data / "floor", size, phones, flush=False)
            flushed = await asyncio.to_thread(_floor, data / "floor", size, phones, flush=True)
            ours = await _load(server.port, token, size, phones)
            peer = PEER.get((size, phones))
            print(
                _row(
                    f"tus {size // KB} KB, {phones} phones",
                    f"{ours.per_s:.0f}",
                    f"{ours.per_s * size / MB:.0f}",
                    f"{ours.p95_ms:.0f}",
                    f"{plain.per_s:.0f}",
                    f"{flushed.per_s:.0f}",
                    f"{ours.per_s / flushed.per_s:.2f}",
                    f"{ours.per_s / peer:.2f}" if peer else "-",
                ),
                flush=True,
            )


def _row(what: str, *figures: str) -> str:
    return f"{what:24}" + "".join(f"{figure:>11}" for figure in figures)


async def _load(port: int, token: str, size: int, phones: int) -> Rate:
    numbers, filler = count(), os.urandom(size - 16)
    run = os.urandom(8)

    async def one(phone: "_Phone") -> None:
        await phone.upload(run + next(numbers).to_bytes(8, "big"), filler)

    return await _repeat(port, token, phones, one)


async def _repeat(port: int, token: str, phones: int, one: Callable[["_Phone"], Awaitable[None]]) -> Rate:
    taken: list[float] = []
    opened = [await _Phone.open(port, token) for _ in range(phones)]
    for phone in opened:
        await one(phone)  # warm
    began = time.perf_counter()

    async def work(phone: "_Phone") -> None:
        while time.perf_counter() - began < SECONDS:
            start = time.perf_counter()
            await one(phone)
            taken.append(time.perf_counter() - start)

    await asyncio.gather(*(work(phone) for phone in opened))
    elapsed = time.perf_counter() - began
    for phone in opened:
        phone.close()
    return Rate(len(taken) / elapsed, sorted(taken)[int(len(taken) * 0.95)] * 1000)


class _Phone:
    """One kept-alive connection, and as little work on this side as can be."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader, self._writer = reader, writer
        self._always = f"Host: bench\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n"

    @classmethod
    async def open(cls, port: int, token: str) -> "_Phone":
        return cls(*await asyncio.open_connection("127.0.0.1", port), token)

    async def upload(self, head: bytes, filler: bytes) -> None:
        size = len(head) + len(filler)
        name = b64encode("现场.jpg".encode()).decode()
        created = await self._ask(
            f"POST /uploads HTTP/1.1\r\n{self._always}Upload-Length: {size}\r\nUpload-Metadata: filename {name}\r\n"
            "Content-Length: 0\r\n\r\n".encode(),
            201,
        )
        address = created[b"location"].decode().partition("/uploads/")[2]
        words = f"PATCH /uploads/{address} HTTP/1.1\r\n{self._always}Upload-Offset: 0\r\nContent-Length: {size}\r\n"
        words += "Content-Type: application/offset+octet-stream\r\n\r\n"
        self._writer.write(words.encode() + head)
        await self._ask(filler, 204)

    async def _ask(self, content: bytes, status: int) -> dict[bytes, bytes]:
        self._writer.write(content)
        await self._writer.drain()
        lines = (await self._reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines[1:])}
        if length := int(headers.get(b"content-length", 0)):
            body = await self._reader.readexactly(length)
        if int(lines[0].split()[1]) != status:
            raise RuntimeError(f"{lines[0]!r}: {body!r}")
        return headers

    def close(self) -> None:
        self._writer.transport.abort()


def _floor(folder: Path, size: int, threads: int, *, flush: bool) -> Rate:
    """The same bytes to the same disk and nothing else."""
    folder.mkdir(exist_ok=True)
    content, taken, began = os.urandom(size), [], time.perf_counter()

    def work(thread: int) -> None:
        for number in count():
            if time.perf_counter() - began >= SECONDS / 2:
                return
            start = time.perf_counter()
            _write(folder / f"{thread}-{number}", content, flush)
            taken.append(time.perf_counter() - start)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    elapsed = time.perf_counter() - began
    shutil.rmtree(folder)
    return Rate(len(taken) / elapsed, sorted(taken)[int(len(taken) * 0.95)] * 1000)


def _write(path: Path, content: bytes, flush: bool) -> None:
    with path.open("xb") as file:
        file.write(content)
        if flush:
            file.flush()
            os.fsync(file.fileno())
    if flush:
        descriptor = os.open(path.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


async def _memory(server: Serving, token: str) -> None:
    """Peak above idle while 32 phones send at once: PSS of the server and its processes. The first round is not told:
    in it the processes that look at photos take the memory that they then keep."""
    for size, is_told in ((10 * MB, False), (10 * MB, True), (2 * MB, True)):
        await asyncio.sleep(SECONDS)
        idle, done = server.pss_mb(), asyncio.Event()
        watching = asyncio.create_task(_peak(server, done))
        phones = [await _Phone.open(server.port, token) for _ in range(32)]
        run, filler = os.urandom(8), os.urandom(size - 16)
        await asyncio.gather(
            *(phone.upload(run + number.to_bytes(8, "big"), filler) for number, phone in enumerate(phones))
        )
        done.set()
        peak = await watching
        for phone in phones:
            phone.close()
        if is_told:
            told = f"{idle:.0f} MB idle, {peak - idle:+.0f} MB at the peak"
            print(f"memory, 32 phones of {size // MB} MB: {told}", flush=True)


async def _peak(server: Serving, done: asyncio.Event) -> float:
    most = server.pss_mb()
    while not done.is_set():
        most = max(most, await asyncio.to_thread(server.pss_mb))
        await asyncio.sleep(0.02)
    return most


if __name__ == "__main__":
    sys.exit(main())
