"""A county's phones: `python -m tests.benchmarks.sync`.

pulling   one cadre with thirty households, two months of contacts and all the kits: everything at first, what one visit
          changed, nothing; at ten thousand visits in the county and at five million (a hundred thousand when small)
pushing   a thousand visits in one batch, five hundred tasks done in one, beside the floor of the same minute
evening   five hundred phones at once, each with eight contacts of its day: push, pull, and an idle pull

PostgreSQL has fsync on; phones, PostgreSQL and server share the machine. BENCH_SCALE=small: a tenth and less.
Every phone ends with the contacts that it sent: a phone that misses one is a wrong answer.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import uvloop

from backend.core import clock, ids
from backend.core.compression import zstd
from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.serving.preparing import pooled, prepare
from backend.tasks.actions import ask_many
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind
from tests.benchmarks import county, report, requests
from tests.benchmarks.county import PER_YEAR, County, Somebody
from tests.benchmarks.load import Load, WrongAnswer, http, read_answer, run
from tests.benchmarks.processes import Server, another, housed, postgres_cpu_s
from tests.benchmarks.report import Line
from tests.benchmarks.requests import Diary

SMALL = os.environ.get("BENCH_SCALE") == "small"
PHONES, ROUNDS, FEW, MANY = (40, 5, 10_000, 100_000) if SMALL else (500, 25, 10_000, 5_000_000)
BATCH = 200 if SMALL else 1_000
LATELY, OF_A_DAY = 57, 8
"""Contacts of a cadre in the month that a phone carries, and in one long day."""
OTHERS = 2
"""The cadre who pulls again and again, and the one who types in a paper log: they have no evening."""
LARGE = "large"


def main() -> int:
    """Measure and print."""
    try:
        with housed() as postgres:
            print(report.table(uvloop.run(measure(postgres))))
    except WrongAnswer as wrong:
        print(f"A benchmark was answered wrongly: {wrong}", file=sys.stderr)
        return 1
    return 0


async def measure(postgres: EmbeddedPostgres) -> list[Line]:
    """Every line of the table."""
    dsn, pid = postgres.dsn, postgres.postmaster_pid or 0
    people = await _founded(dsn)
    lines: list[Line] = []
    with Server(dsn) as small, Server(another(dsn, LARGE)) as large:
        for measured in (
            _pulling(people, small, large),
            _pushing(people, small, dsn, pid),
            _evening(people, small, pid),
        ):
            async for line in measured:
                lines.append(line)
                print(line.what, file=sys.stderr, flush=True)
        lines.append(Line("memory after all of it", small.pss_mb(), "MB PSS", aim_of="value", most=250))
    return lines


async def _founded(dsn: str) -> County:
    """Two databases with the same phones; what grows is everybody else's year."""
    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        people = await county.found(visits=(PHONES + OTHERS) * PER_YEAR, importers=0)
    await county.lay_floor(dsn)
    await county.grow(dsn, visits=FEW)
    with Server(dsn) as server:
        await run(server.port, [_push(cadre, _contacts(cadre, LATELY)) for cadre in people.cadres], expect={200})
    connection = await asyncpg.connect(another(dsn, "template1"))
    await connection.execute(f"CREATE DATABASE {LARGE} TEMPLATE postgres")
    await connection.close()
    await county.grow(another(dsn, LARGE), visits=MANY)
    print(f"{MANY:,} visits are in", file=sys.stderr, flush=True)
    return people


class Phone:
    """One cadre's phone on a connection of its own: it keeps the ids it is told of, and its cursor."""

    def __init__(self, cadre: Somebody, port: int) -> None:
        self.cadre, self._port, self.cursor = cadre, port, ""
        self.visits: set[str] = set()
        self.latencies_ms: list[float] = []
        self.sizes: list[int] = []

    async def __aenter__(self) -> "Phone":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def pull(self) -> float:
        """Pull until there is no more; milliseconds."""
        began = time.perf_counter()
        while await self._page():
            pass
        return (time.perf_counter() - began) * 1000

    async def push(self, commands: list[dict[str, Any]]) -> dict[str, Any]:
        """Send a batch; its verdicts."""
        status, body = await self._ask(_push(self.cadre, commands))
        if status != 200:
            raise WrongAnswer(f"{status} to a push: {body[:400]!r}")
        return dict(json.loads(body))

    async def _page(self) -> bool:
        path = f"/api/v1/sync/changes?cursor={self.cursor}" if self.cursor else "/api/v1/sync/changes"
        status, body = await self._ask(
            http("GET", path, token=self.cadre.token, headers={"Accept-Encoding": "zstd"}),
        )
        self.sizes.append(len(body))
        if status == 204:
            return False
        if status != 200:
            raise WrongAnswer(f"{status} to a pull: {body[:400]!r}")
        plain = zstd.decompress(body) if body[:1] != b"{" else body
        page = json.loads(plain)
        visits = page["changes"].get("visits") or {"put": [], "gone": []}
        self.visits = (set() if page["reset"] else self.visits) | {visit["id"] for visit in visits["put"]}
        self.visits -= {each["id"] for each in visits["gone"]}
        self.cursor = page["cursor"]
        return bool(page["more"])

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        began = time.perf_counter()
        self._writer.write(request)
        answer = await read_answer(self._reader)
        self.latencies_ms.append((time.perf_counter() - began) * 1000)
        return answer


def _push(cadre: Somebody, commands: list[dict[str, Any]]) -> bytes:
    batch = {"sent_at": clock.now().isoformat(timespec="milliseconds"), "commands": commands}
    return http("POST", "/api/v1/sync/commands", token=cadre.token, body=json.dumps(batch).encode())


_turns: dict[str, int] = {}


def _contacts(cadre: Somebody, many: int) -> list[dict[str, Any]]:
    """His next contacts, house by house, each a quarter of an hour before the last."""
    return [_command("recordVisit", _next_visit(cadre)) for _ in range(many)]


def _next_visit(cadre: Somebody) -> dict[str, Any]:
    turn = _turns[cadre.phone] = _turns.get(cadre.phone, 0) + 1
    return requests.visit(cadre.cards[turn % len(cadre.cards)], clock.now() - turn * requests.APART)


def _command(verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
    captured_at = clock.now().isoformat(timespec="milliseconds")
    return {"id": str(ids.uuid7()), "verb": verb, "captured_at": captured_at, "arguments": arguments}


async def _pulling(people: County, small: Server, large: Server) -> AsyncIterator[Line]:
    cadre = people.cadres[0]
    took: dict[str, dict[Server, list[float]]] = {
        what: {small: [], large: []} for what in ("the first sync", "a sync after one visit", "an idle sync")
    }
    sizes: dict[str, int] = {}
    for number in range(ROUNDS + 2):
        for server in (small, large):
            async with Phone(cadre, server.port) as phone:
                times = {"the first sync": await phone.pull()}
                sizes["the first sync"] = sum(phone.sizes)
                await phone.push(_contacts(cadre, 1))
                times["a sync after one visit"] = await phone.pull()
                sizes["a sync after one visit"] = phone.sizes[-1]
                await phone.pull()
                times["an idle sync"] = await phone.pull()
                sizes["an idle sync"] = phone.sizes[-1]
            if number > 1:  # the first rounds warm up
                for what, ms in times.items():
                    took[what][server].append(ms)
    for what, by_server in took.items():
        few, many = (statistics.median(by_server[server]) for server in (small, large))
        detail = f"p50 at {MANY:,} visits; {few:.1f} ms at {FEW:,}; {sizes[what]:,} bytes of body, zstd"
        most = 150 if what == "the first sync" else None
        yield Line(what, many, "ms", detail, many / few, aim_of="value" if most else "", most=most)


async def _pushing(people: County, server: Server, dsn: str, pid: int) -> AsyncIterator[Line]:
    diary, importer = Diary(people), people.cadres[1]
    for what, of_visits in (
        (f"a push of {BATCH} visits", True),
        (f"a push of {BATCH // 2} tasks done", False),
    ):
        rates, floors, cpus = [], [], []
        for number in range(3 if SMALL else 6):
            commands = _contacts(importer, BATCH) if of_visits else await _tasks_done(importer, BATCH // 2, dsn)
            floor = await run(server.port, [requests.floor(diary) for _ in range(96)], expect={201})
            worked, began = (server.cpu_s(), postgres_cpu_s(pid)), time.perf_counter()
            async with Phone(importer, server.port) as phone:
                told = await phone.push(commands)
            seconds = time.perf_counter() - began
            if told["stored"] != len(commands):
                raise WrongAnswer(f"{told['stored']} of {len(commands)} commands were stored: {str(told)[:600]}")
            if number:
                rates.append(len(commands) / seconds)
                floors.append(rates[-1] / floor.per_second)
                cpus.append(
                    [
                        (after - before) / len(commands) * 1000
                        for before, after in zip(worked, (server.cpu_s(), postgres_cpu_s(pid)), strict=True)
                    ]
                )
        server_ms, postgres_ms = (statistics.median(each) for each in zip(*cpus, strict=True))
        detail = f"CPU {server_ms:.2f} + PostgreSQL {postgres_ms:.2f} ms a command"
        yield Line(what, statistics.median(rates), "commands/s", detail, statistics.median(floors))


async def _tasks_done(cadre: Somebody, many: int, dsn: str) -> list[dict[str, Any]]:
    asked = [
        NewTask(
            id=ids.uuid7(),
            kind=TaskKind.CALL,
            title_zh="给农技站回个电话",
            origin_room="tests",
            origin_id=ids.uuid7(),
            assignee_id=cadre.actor.person_id,
        )
        for _ in range(many)
    ]
    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()
    async with pooled(settings()):
        await ask_many(tasks=asked)
    return [_command("completeTask", {"task_id": str(task.id)}) for task in asked]


async def _evening(people: County, server: Server, pid: int) -> AsyncIterator[Line]:
    """All phones come home within the same moment; each waits for its answers only."""
    phones = [Phone(cadre, server.port) for cadre in people.cadres[OTHERS:]]
    for phone in phones:  # a week ago they were in step
        async with phone:
            await phone.pull()
            phone.latencies_ms.clear()
    worked, began = (server.cpu_s(), postgres_cpu_s(pid)), time.perf_counter()
    await asyncio.gather(*(_come_home(phone) for phone in phones))
    load = Load(seconds=time.perf_counter() - began)
    load.latencies_ms = [ms for phone in phones for ms in phone.latencies_ms]
    load.requests = len(load.latencies_ms)
    server_s, postgres_s = server.cpu_s() - worked[0], postgres_cpu_s(pid) - worked[1]
    detail = (
        f"all {len(phones)} phones home after {load.seconds:.1f} s; p50 {load.quantile_ms(0.5):.0f}, "
        f"p99 {load.quantile_ms(0.99):.0f} ms; CPU {server_s / len(phones) * 1000:.1f} + PostgreSQL "
        f"{postgres_s / len(phones) * 1000:.1f} ms a phone"
    )
    yield Line(f"an evening of {len(phones)} phones at once", load.per_second, "requests/s", detail)


async def _come_home(phone: Phone) -> None:
    """Eight contacts up, what changed down, and once more nothing."""
    commands = _contacts(phone.cadre, OF_A_DAY)
    made = {command["arguments"]["id"] for command in commands}
    async with phone:
        told = await phone.push(commands)
        await phone.pull()
        await phone.pull()
    missing = made - phone.visits
    if told["stored"] != OF_A_DAY or missing:
        raise WrongAnswer(f"{told['stored']} stored, {len(missing)} of them not told to the phone that made them")


if __name__ == "__main__":
    sys.exit(main())
