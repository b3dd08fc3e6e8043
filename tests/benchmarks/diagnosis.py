"""`python -m tests.benchmarks.diagnosis`: a burst routed, and how evenly; the queue of a studio with years behind."""

import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import uvloop

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.diagnosis import routing
from backend.diagnosis.routing_rules import Balance, balance
from backend.serving.preparing import pooled
from tests.benchmarks import report
from tests.benchmarks.diagnosis_studio import EXPERTS, LARGE, Studio, founded, point_at
from tests.benchmarks.floor import Floor
from tests.benchmarks.load import WrongAnswer, http, run
from tests.benchmarks.processes import Server, another, housed, postgres_cpu_s
from tests.benchmarks.report import Line
from tests.diagnosis.burst import Burst, more

BURST, AT_ONCE = 200, 4


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    small_requests: int
    large_requests: int
    rounds: int
    bursts: int


SCALES = {"small": Scale(2_000, 20_000, 3, 2), "full": Scale(2_000, 200_000, 7, 5)}


async def measure(scale: Scale, postgres: EmbeddedPostgres) -> list[Line]:
    """Every line of the table."""
    dsn = postgres.dsn
    studio = await founded(dsn, small_requests=scale.small_requests, large_requests=scale.large_requests)
    lines: list[Line] = []
    with Server(dsn) as small, Server(another(dsn, LARGE)) as large:
        async for line in queues(scale, studio, small, large):
            lines.append(line)
            print(line.what, file=sys.stderr, flush=True)
    async for line in bursts(scale, studio, postgres):
        lines.append(line)
        print(line.what, file=sys.stderr, flush=True)
    return lines


async def queues(scale: Scale, studio: Studio, small: Server, large: Server) -> AsyncIterator[Line]:
    """Pages of fifty, of the small and of the large database in turn."""
    asked = {
        "the queue of the studio (chief)": ("chief", "all"),
        "the pool (chief)": ("chief", "pool"),
        "what is before him (expert)": ("expert", "offered"),
        "all that he sees (expert)": ("expert", "all"),
        "the county's (operator)": ("operator", "all"),
        "what was answered (supervisor)": ("supervisor", "answered"),
    }
    for what, (who, part) in asked.items():
        path = f"/api/v1/diagnosis/queue?limit=50&part={part}"
        request = http("GET", path, token=studio.tokens[who], headers={"Accept-Encoding": "identity"})
        yield await _compared(what, scale, request, small, large)


async def _compared(what: str, scale: Scale, request: bytes, small: Server, large: Server) -> Line:
    medians: dict[Server, list[float]] = {small: [], large: []}
    for number in range(scale.rounds + 1):
        for server, told in medians.items():
            load = await run(server.port, [request] * 15, expect={200}, connections=1)
            if number:
                told.append(load.quantile_ms(0.5))
    ratio = statistics.median(big / little for little, big in zip(medians[small], medians[large], strict=True))
    large_ms, small_ms = statistics.median(medians[large]), statistics.median(medians[small])
    detail = f"p50 at {scale.large_requests:,}; {small_ms:.2f} ms at {scale.small_requests:,}"
    return Line(f"diagnosis: {what}", large_ms, "ms", detail, ratio, aim_of="ratio", most=1.3)


@dataclass
class Routed:
    """Bursts that were routed: milliseconds of each decision, CPU seconds of ours and of PostgreSQL, the balances.

    floor_ms   of as many durable inserts of one row, as many at once, within the same seconds
    """

    took_ms: list[float] = field(default_factory=list)
    floor_ms: list[float] = field(default_factory=list)
    worked_s: float = 0.0
    postgres_s: float = 0.0
    shared: list[Balance] = field(default_factory=list)


async def bursts(scale: Scale, studio: Studio, postgres: EmbeddedPostgres) -> AsyncIterator[Line]:
    """Two hundred requests over seventy experts who have nothing yet: one after the other, then several at once."""
    for where, address in ((scale.small_requests, postgres.dsn), (scale.large_requests, another(postgres.dsn, LARGE))):
        point_at(address)
        told = {1: Routed(), AT_ONCE: Routed()}
        async with pooled(settings()):
            for number in range(scale.bursts + 1):
                for at_once, routed in told.items():
                    into = routed if number else Routed()  # the first round warms up
                    await _burst(studio, into, postgres, seed=number * 2 + at_once % 2, at_once=at_once)
        for at_once, routed in told.items():
            yield _decided(routed, at_once, where)
        yield _balanced([each for routed in told.values() for each in routed.shared], where)


async def _burst(studio: Studio, into: Routed, postgres: EmbeddedPostgres, *, seed: int, at_once: int) -> None:
    """Route one burst. Raises WrongAnswer where a request got no expert."""
    asked, pid = await _asked(studio, seed), postgres.postmaster_pid or 0
    into.floor_ms += await _timed([_insert(studio) for _ in range(BURST // 2)], at_once)
    worked_s, postgres_s = time.process_time(), postgres_cpu_s(pid)
    into.took_ms += await _timed([routing.route(request_id=request_id) for request_id, _, _ in asked], at_once)
    into.worked_s += time.process_time() - worked_s
    into.postgres_s += postgres_cpu_s(pid) - postgres_s
    into.floor_ms += await _timed([_insert(studio) for _ in range(BURST // 2)], at_once)
    into.shared.append(await _shared(studio, asked))


async def _timed(verbs: Sequence[Coroutine[None, None, None]], at_once: int) -> list[float]:
    """Milliseconds of each, so many at once."""
    gate, took_ms = asyncio.Semaphore(at_once), []

    async def one(verb: Coroutine[None, None, None]) -> None:
        async with gate:
            began = time.perf_counter()
            await verb
            took_ms.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(one(verb) for verb in verbs))
    return took_ms


async def _insert(studio: Studio) -> None:
    row = Floor(id=ids.uuid7(), person=studio.id, occurred_at=clock.now(), received_at=clock.now())
    await Floor.insert(row)


async def _asked(studio: Studio, seed: int) -> list[tuple[UUID, str, str]]:
    """Nobody has anything, and two hundred ask."""
    await fetch("DELETE FROM diagnosis_turn")
    await fetch("UPDATE diagnosis_request SET state = 'ended', offer_until = NULL WHERE state <> 'answered'")
    first = await fetch("SELECT max(number)::bigint + 1 AS n FROM cases_case")
    return await more(
        random.Random(seed),
        studio=studio.id,
        division_id=studio.division_id,
        requests=BURST,
        at=clock.now(),
        first_number=first[0]["n"],
    )


async def _shared(studio: Studio, asked: list[tuple[UUID, str, str]]) -> Balance:
    rows = await fetch(
        "SELECT expert, count(*) AS n FROM diagnosis_offer WHERE request = ANY($1) GROUP BY expert",
        [request_id for request_id, _, _ in asked],
    )
    given = {row["expert"]: row["n"] for row in rows}
    if sum(given.values()) != BURST:
        raise WrongAnswer(f"Of {BURST} requests {sum(given.values())} were put before somebody")
    return balance(given, Burst(studio.experts.experts, asked).due())


def _decided(routed: Routed, at_once: int, requests: int) -> Line:
    many = len(routed.took_ms)
    p50, p99 = _quantiles(routed.took_ms)
    floor_p50, floor_p99 = _quantiles(routed.floor_ms)
    ours_ms, postgres_ms = (seconds / many * 1000 for seconds in (routed.worked_s, routed.postgres_s))
    how = "one after the other" if at_once == 1 else f"{at_once} at once"
    detail = (
        f"p99; p50 {p50:.1f} ms, CPU {ours_ms:.1f} + PostgreSQL {postgres_ms:.1f} ms each; the ratio of p50 is to "
        f"one durable insert: p50 {floor_p50:.1f}, p99 {floor_p99:.1f} ms"
    )
    what = f"routing {BURST} over {EXPERTS}, {how}, at {requests:,}"
    return Line(what, p99, "ms", detail, p50 / floor_p50, aim_of="value", most=50)


def _quantiles(took_ms: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(took_ms)
    return ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))]


def _balanced(shared: Sequence[Balance], requests: int) -> Line:
    worst = max(shared, key=lambda each: each.ratio)
    median = statistics.median(each.ratio for each in shared)
    detail = (
        f"the worst of {len(shared)} bursts (median {median:.2f}): {worst.smallest:.2f} to {worst.largest:.2f} "
        f"of a turn; {worst.counted} experts, and {worst.left_out} left out whose turn came less than once"
    )
    return Line(f"balance of a burst, at {requests:,}", worst.ratio, "max/min", detail, aim_of="value", most=3)


def main() -> int:
    """Measure at BENCH_SCALE and tell."""
    scale = SCALES[os.environ.get("BENCH_SCALE") or "full"]
    with housed() as postgres:
        print(report.table(uvloop.run(measure(scale, postgres))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
