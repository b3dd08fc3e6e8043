"""What ODK Collect's door takes: `python -m tests.benchmarks.openrosa`.

sending   records of XML alone (2 KB), with a photo of 200 KB, and sent again, at 1, 8 and 32 connections, beside the
          floor of the same minute. The work after the 201 counts: the rate is until the queue is empty and every photo
          has been looked at, and CPU is the server's with its worker and its processes, and PostgreSQL's
reading   the first page of 250 submissions and the one after row 750 less than all, at 20,000 and a million

PostgreSQL has fsync on; client, PostgreSQL and server share the machine. BENCH_SCALE=small: a tenth and less.
The peer's figures are ODK Central's (v2026.2.2) on two such cores: 147 XML/s with p99 354 ms, 83 to 90 photos/s.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import asyncpg
import uvloop

from backend.core import clock, ids
from backend.core.paging import Position, cursor
from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.serving.preparing import pooled, prepare
from tests.benchmarks import county, report, requests
from tests.benchmarks.county import County
from tests.benchmarks.load import Load, http, run, stream
from tests.benchmarks.processes import Server, another, housed, postgres_cpu_s
from tests.benchmarks.report import Line
from tests.benchmarks.requests import Diary

SMALL = os.environ.get("BENCH_SCALE") == "small"
CONNECTIONS = (1, 8, 32)
ROUNDS, WINDOW, PHOTOS = (2, 64, 16) if SMALL else (5, 480, 96)
FEW, MANY = (2_000, 20_000) if SMALL else (20_000, 1_000_000)
AGAIN = 4
"""How often each record is sent in the window of those sent again, all at once."""
LARGE = "large"
PAGE = 250


def main() -> int:
    """Measure and print."""
    with housed() as postgres:
        print(report.table(uvloop.run(measure(postgres))))
    return 0


async def measure(postgres: EmbeddedPostgres) -> list[Line]:
    """Every line of the table."""
    dsn = postgres.dsn
    people = await _founded(dsn)
    with Server(dsn) as server:
        lines = [line async for line in _sending(people, server, dsn, postgres.postmaster_pid or 0)]
    return lines + [line async for line in _reading(people, dsn)]


async def _founded(dsn: str) -> County:
    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        people = await county.found(visits=10_000, importers=1)
    await county.lay_floor(dsn)
    return people


async def _sending(people: County, server: Server, dsn: str, postmaster_pid: int) -> AsyncIterator[Line]:
    diary, meter = Diary(people), _Meter(server, dsn, postmaster_pid)
    kinds: dict[str, tuple[int, Callable[[], list[bytes]]]] = {
        "XML alone": (147, lambda: [requests.submission(diary) for _ in range(WINDOW)]),
        "XML and a photo of 200 KB": (83, lambda: [requests.with_photo(diary) for _ in range(PHOTOS)]),
        f"the same {AGAIN} times at once": (0, lambda: _again(diary)),
    }
    for what, (peer, make) in kinds.items():
        for connections in CONNECTIONS:
            floors, loads = [], []
            for number in range(ROUNDS + 1):
                floor = await run(
                    server.port,
                    [requests.floor(diary) for _ in range(WINDOW)],
                    expect={201},
                    connections=connections,
                )
                load = await meter.until_quiet(make(), connections=connections)
                if number:  # the first round warms up
                    floors.append(floor)
                    loads.append(load)
            yield _line(f"{what}, {connections} connections", floors, loads, peer)
    yield Line("memory after all of it", server.pss_mb(), "MB PSS", aim_of="value", most=250)


def _again(diary: Diary) -> list[bytes]:
    return [record for _ in range(WINDOW // AGAIN) for record in [requests.submission(diary)] for _ in range(AGAIN)]


class _Meter:
    """A load, and all the work that comes after it."""

    def __init__(self, server: Server, dsn: str, postmaster_pid: int) -> None:
        self._server, self._dsn, self._postmaster_pid = server, dsn, postmaster_pid

    async def until_quiet(self, prepared: list[bytes], *, connections: int) -> Load:
        worked, began = self._worked(), time.perf_counter()
        load = await run(self._server.port, prepared, expect={201}, connections=connections)
        await self._emptied()
        load.seconds = time.perf_counter() - began
        server_s, postgres_s = self._worked()
        load.server_cpu_s, load.postgres_cpu_s = server_s - worked[0], postgres_s - worked[1]
        return load

    def _worked(self) -> tuple[float, float]:
        return self._server.cpu_s(children=True), postgres_cpu_s(self._postmaster_pid)

    async def _emptied(self) -> None:
        connection = await asyncpg.connect(self._dsn)
        while await connection.fetchval(_TO_DO):
            await asyncio.sleep(0.01)
        await connection.close()


_TO_DO = "SELECT count(*) FROM media_original WHERE looked_at IS NULL"


def _line(what: str, floors: list[Load], loads: list[Load], peer: int) -> Line:
    rate = statistics.median(load.per_second for load in loads)
    ratio = statistics.median(load.per_second / floor.per_second for load, floor in zip(loads, floors, strict=True))
    p50, p99 = (statistics.median(load.quantile_ms(share) for load in loads) for share in (0.5, 0.99))
    server_ms = statistics.median(load.server_cpu_s / load.requests * 1000 for load in loads)
    postgres_ms = statistics.median(load.postgres_cpu_s / load.requests * 1000 for load in loads)
    of_peer = f", {rate / peer:.1f} × the peer" if peer else ""
    detail = f"p50 {p50:.1f}, p99 {p99:.1f} ms; CPU {server_ms:.2f} + PostgreSQL {postgres_ms:.2f} ms each{of_peer}"
    return Line(what, rate, "requests/s", detail, ratio)


async def _reading(people: County, dsn: str) -> AsyncIterator[Line]:
    """Copies of one submission, a second apart; the million lies in a database of its own."""
    await _copied(dsn)
    large = another(dsn, LARGE)
    for database, many in ((dsn, FEW), (large, MANY)):
        await _grow(database, many)
        print(f"{many:,} submissions are in", file=sys.stderr, flush=True)
    with Server(dsn) as small_server, Server(large) as large_server:
        for what, at in (("the first page of 250", 0), ("the page after all but 750", 750)):
            took: dict[Server, list[float]] = {small_server: [], large_server: []}
            for number in range(4 * ROUNDS + 1):
                for server, told in took.items():
                    request = _page(people, at=at)
                    total_s = (await stream(server.port, request, expect={200})).total_s
                    if number:
                        told.append(total_s * 1000)
            small_ms, large_ms = (statistics.median(told) for told in took.values())
            detail = f"p50 at {MANY:,} submissions; {small_ms:.1f} ms at {FEW:,}"
            yield Line(what, large_ms, "ms", detail, large_ms / small_ms, aim_of="value", most=30)


def _page(people: County, *, at: int) -> bytes:
    path = f"/api/v1/submissions?limit={PAGE}"
    if at:
        path += f"&cursor={cursor(Position(clock.now() - timedelta(days=400) + timedelta(seconds=at), ids.uuid7()))}"
    return http("GET", path, token=people.supervisor.token, headers={"Accept-Encoding": "identity"})


async def _copied(dsn: str) -> None:
    connection = await asyncpg.connect(another(dsn, "template1"))
    await connection.execute(f"CREATE DATABASE {LARGE} TEMPLATE postgres")
    await connection.close()


async def _grow(dsn: str, many: int) -> None:
    """What a phone sent, many times; the oldest is 400 days old."""
    connection = await asyncpg.connect(dsn)
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(_COPIES, many, clock.now() - timedelta(days=400))
    await connection.execute("VACUUM ANALYZE openrosa_submission")
    await connection.close()


_COPIES = """
INSERT INTO openrosa_submission (id, form_id, form_version, instance_id, xml_sealed, xml_sha256, key_sealed,
                                 submitted_by, received_at, state, record_kind, record_id, division_code, tried_n)
SELECT gen_random_uuid(), s.form_id, s.form_version, 'copy ' || n, s.xml_sealed, s.xml_sha256, s.key_sealed,
       s.submitted_by, $2::timestamptz + n * interval '1 second', s.state, s.record_kind, gen_random_uuid(),
       s.division_code, 1
FROM (SELECT * FROM openrosa_submission LIMIT 1) s CROSS JOIN generate_series(1, $1::int) n
"""


if __name__ == "__main__":
    sys.exit(main())
