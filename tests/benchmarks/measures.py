"""What is measured, and how: windows of one thing and another take turns, and medians of the rounds are told.

The machine may be busy with other work; what is compared runs within the same seconds.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import msgspec

from backend.visits.schemas import BatchVerdict
from tests.benchmarks import requests
from tests.benchmarks.county import County
from tests.benchmarks.load import Load, WrongAnswer, run, stream
from tests.benchmarks.processes import Server, postgres_cpu_s
from tests.benchmarks.report import Line
from tests.benchmarks.requests import Diary

Maker = Callable[[Diary], bytes]


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    name: str
    small_visits: int
    large_visits: int
    rounds: int
    window: int
    batch_rows: int
    list_rounds: int
    list_window: int
    sign_ins: int

    @property
    def importers(self) -> int:
        """One for each batch that is sent: timed, warming up, or with its memory watched."""
        return 2 * (self.rounds + 1) + 4 * MEMORY_ROUNDS


MEMORY_ROUNDS = 3

SCALES = {
    "small": Scale("small", 2_000, 50_000, 3, 128, 2_000, 3, 15, 8),
    "full": Scale("full", 10_000, 1_000_000, 7, 480, 10_000, 9, 40, 32),
}


async def idle(server: Server) -> AsyncIterator[Line]:
    """What one `serve` with its worker weighs before anybody asks anything."""
    await asyncio.sleep(1)
    yield Line("memory: serve with its worker, idle", server.pss_mb(), "MB PSS")


async def writes(
    scale: Scale, county: County, small: Server, large: Server, postmaster_pid: int
) -> AsyncIterator[Line]:
    """The floor, and what records a visit, in turn."""
    small_n, large_n = f"{scale.small_visits:,}", f"{scale.large_visits:,}"
    makers: dict[str, tuple[Server, Maker]] = {
        "floor: one durable insert": (small, requests.floor),
        f"recordVisit at {small_n} visits": (small, requests.record_visit),
        f"recordVisit at {large_n} visits": (large, requests.record_visit),
        "openrosa, XML only": (small, requests.submission),
    }
    loads: dict[str, list[Load]] = {what: [] for what in makers}
    diary = Diary(county)
    for number in range(scale.rounds + 1):
        for what, (server, make) in makers.items():
            load = await _window(server, [make(diary) for _ in range(scale.window)], postmaster_pid)
            if number:  # the first round warms up
                loads[what].append(load)
    floor = next(iter(loads.values()))
    for number, (what, rounds) in enumerate(loads.items()):
        least = 0.6 if number == 1 else None
        ratio = statistics.median(one.per_second / base.per_second for one, base in zip(rounds, floor, strict=True))
        yield Line(what, _rate(rounds), "requests/s", _detail(rounds), ratio, aim_of="ratio", least=least)


async def _window(server: Server, prepared: Sequence[bytes], postmaster_pid: int) -> Load:
    server_s, postgres_s = server.cpu_s(), postgres_cpu_s(postmaster_pid)
    load = await run(server.port, prepared, expect={201})
    load.server_cpu_s, load.postgres_cpu_s = server.cpu_s() - server_s, postgres_cpu_s(postmaster_pid) - postgres_s
    return load


async def batches(scale: Scale, county: County, server: Server, postmaster_pid: int) -> AsyncIterator[Line]:
    """Ten thousand visits at once, in both forms, the floor between them."""
    importers, diary = iter(county.importers), Diary(county)
    sent: dict[bool, list[Batch]] = {True: [], False: []}
    for number in range(scale.rounds + 1):
        for ndjson, rounds in sent.items():
            floor = await _window(server, [requests.floor(diary) for _ in range(scale.window)], postmaster_pid)
            rows = scale.batch_rows if number else 500
            request = requests.batch(next(importers), county, rows, ndjson=ndjson)
            server_s, postgres_s = server.cpu_s(), postgres_cpu_s(postmaster_pid)
            answer = await stream(server.port, request, expect={200})
            worked_s = (server.cpu_s() - server_s, postgres_cpu_s(postmaster_pid) - postgres_s)
            check_batch(answer.body, rows)
            if number:
                rounds.append(Batch(answer.total_s, answer.first_s, worked_s, floor))
    for ndjson, rounds in sent.items():
        yield _batch_line(f"batch of {scale.batch_rows:,}, {'NDJSON' if ndjson else 'JSON'}", scale.batch_rows, rounds)


@dataclass(frozen=True)
class Batch:
    """One batch; `worked_s` are the CPU seconds of the server and of PostgreSQL, `floor` the window before it."""

    total_s: float
    first_s: float
    worked_s: tuple[float, float]
    floor: Load


def _batch_line(what: str, rows: int, rounds: Sequence[Batch]) -> Line:
    rates = [rows / batch.total_s for batch in rounds]
    ratio = statistics.median(rate / batch.floor.per_second for rate, batch in zip(rates, rounds, strict=True))
    first_s = statistics.median(batch.first_s for batch in rounds)
    server_ms, postgres_ms = (statistics.median(b.worked_s[i] for b in rounds) / rows * 1000 for i in (0, 1))
    cpu = f"CPU {server_ms:.3f} + PostgreSQL {postgres_ms:.3f} ms each"
    detail = f"{cpu}, {min(rates):,.0f} to {max(rates):,.0f}/s, first verdict after {first_s:.2f} s"
    return Line(what, statistics.median(rates), "logs/s", detail, ratio, aim_of="value", least=8_000)


def check_batch(body: bytes, rows: int) -> None:
    """Every row stored, none flagged: a batch of refusals would be fast. Raises WrongAnswer."""
    verdict = msgspec.json.decode(body, type=BatchVerdict)
    flagged = sum(1 for row in verdict.rows if row.flags)
    if (verdict.stored, len(verdict.rows), flagged) != (rows, rows, 0):
        refused = next((row.problem for row in verdict.rows if row.problem), None)
        raise WrongAnswer(
            f"Of {rows} rows {verdict.stored} were stored, {verdict.duplicate} duplicate, {verdict.refused} refused, "
            f"{flagged} flagged; the first refusal: {refused}"
        )


async def lists(scale: Scale, county: County, small: Server, large: Server) -> AsyncIterator[Line]:
    """Pages of fifty, asked one after the other of the small and of the large database in turn."""
    for what, request in requests.lists(county).items():
        yield await _compared(f"list 50: {what}", scale, request, small, large, most=1.3)
    yield await _compared("listMyHouseholds (30)", scale, requests.my_households(county), small, large)


async def _compared(
    what: str, scale: Scale, request: bytes, small: Server, large: Server, most: float | None = None
) -> Line:
    medians: dict[Server, list[float]] = {small: [], large: []}
    for number in range(scale.list_rounds + 1):
        for server, told in medians.items():
            load = await run(server.port, [request] * scale.list_window, expect={200}, connections=1)
            if number:
                told.append(load.quantile_ms(0.5))
    pairs = zip(medians[small], medians[large], strict=True)
    ratio = statistics.median(big / little for little, big in pairs)
    large_ms, small_ms = statistics.median(medians[large]), statistics.median(medians[small])
    detail = f"p50 at {scale.large_visits:,}; {small_ms:.2f} ms at {scale.small_visits:,}"
    return Line(what, large_ms, "ms", detail, ratio, aim_of="ratio" if most else "", most=most)


async def sign_ins(scale: Scale, county: County, server: Server) -> AsyncIterator[Line]:
    """What argon2 costs; nobody should want it fast."""
    load = await run(server.port, [requests.sign_in(county)] * scale.sign_ins, expect={201}, connections=4)
    yield Line("signIn (argon2)", load.per_second, "requests/s", _detail([load]))


async def memory(scale: Scale, county: County, dsn: str) -> AsyncIterator[Line]:
    """How much higher the peak is for a large batch than for one of a hundred rows, each in a fresh process."""
    peaks: dict[int, list[float]] = {100: [], scale.batch_rows: []}
    importers = reversed(county.importers)
    for _ in range(MEMORY_ROUNDS):
        for rows, told in peaks.items():
            with Server(dsn) as fresh:
                await _sent(fresh, requests.batch(next(importers), county, 100, ndjson=True), 100)
                request = requests.batch(next(importers), county, rows, ndjson=True)
                with fresh.watched() as samples:
                    await _sent(fresh, request, rows)
            told.append(max(samples) - samples[0])
    small, large = (statistics.median(told) for told in peaks.values())
    detail = f"peak above what it weighed before: {large:.1f} MB for {scale.batch_rows:,}, {small:.1f} MB for 100"
    yield Line("memory: growth from 100 to many rows", large - small, "MB PSS", detail, aim_of="value", most=20)


async def _sent(server: Server, request: bytes, rows: int) -> None:
    check_batch((await stream(server.port, request, expect={200})).body, rows)


def _rate(rounds: Sequence[Load]) -> float:
    return statistics.median(load.per_second for load in rounds)


def _detail(rounds: Sequence[Load]) -> str:
    pooled = Load(latencies_ms=[ms for load in rounds for ms in load.latencies_ms])
    server_ms = statistics.median(load.server_cpu_s / load.requests * 1000 for load in rounds)
    postgres_ms = statistics.median(load.postgres_cpu_s / load.requests * 1000 for load in rounds)
    cpu = f"CPU {server_ms:.2f} + PostgreSQL {postgres_ms:.2f} ms each, " if server_ms else ""
    return f"{cpu}p50 {pooled.quantile_ms(0.5):.1f} ms, p99 {pooled.quantile_ms(0.99):.1f} ms"
