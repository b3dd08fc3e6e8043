"""The duty desk and its telephone exchange: `python -m tests.benchmarks.hotline`.

board   the first byte of /console/desk with a million cases, the calls and callbacks of half a year beside them, and
        with ten thousand: what an operator and a supervisor have before them is the same, so it must take as long;
        and what its stream asks the database every 1.5 seconds
posts   an hour of an exchange (3 posts a second, a tenth of them sent twice, every eighth call missed) within a minute,
        to one `lianxin serve` with its worker inside: nothing lost, one callback for each who was missed

PostgreSQL has fsync on; the client, PostgreSQL and the server share the machine. BENCH_SCALE=small: a tenth and less.
"""

import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import uvloop

from backend.console.desk import stream_queries
from backend.core import clock, ids
from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.hotline import systems
from backend.hotline.line_schemas import NewLineSystem
from backend.hotline.words import SystemKind
from backend.people.tables import Role
from backend.rosters.actions import publish_shifts
from backend.rosters.duty_rule_schemas import NewDutyRule
from backend.rosters.duty_rules import set_duty_rule
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.tables import Post
from backend.serving.preparing import pooled
from tests.benchmarks import cases, hotline_posts, hotline_years, report
from tests.benchmarks.cases import Desk, Scale
from tests.benchmarks.county import COUNTY
from tests.benchmarks.hotline_posts import Exchange
from tests.benchmarks.load import http, stream
from tests.benchmarks.processes import Server, another, housed
from tests.benchmarks.report import Line

SMALL = os.environ.get("BENCH_SCALE") == "small"
SCALE = Scale(10_000, 100_000, 3, 0) if SMALL else Scale(10_000, 1_000_000, 9, 0)
WINDOW = 15


def main() -> int:
    """Measure and print."""
    with housed() as postgres:
        print(report.table(uvloop.run(measure(postgres))))
    return 0


async def measure(postgres: EmbeddedPostgres) -> list[Line]:
    """Every line of the table. The posts come to the large database: a line that has been there for half a year."""
    small, large = postgres.dsn, another(postgres.dsn, cases.LARGE)
    desk = await cases._founded(SCALE, small)
    exchange = [await _manned(desk, dsn) for dsn in (small, large)][-1]
    for dsn in (small, large):
        await hotline_years.fill(dsn, operator=desk.operator.person_id)
        print("the calls are in", file=sys.stderr, flush=True)
    with Server(small) as small_server, Server(large) as large_server:
        lines = [line async for line in _pages(desk, small_server, large_server)]
    lines.append(await _marks(desk, small, large))
    return lines + [line async for line in hotline_posts.measured(exchange, large, postgres.postmaster_pid or 0)]


async def _manned(desk: Desk, dsn: str) -> Exchange:
    """Somebody is on duty at the operator's desk, today and tomorrow, and an exchange may post for it."""
    async with _database(dsn):
        unit_id = desk.operator.held[0].unit_id
        assert unit_id is not None
        now = clock.now()
        supervisor, admin = await cases._person(6, Role.SUPERVISOR, None), await cases._person(5, Role.ADMIN, None)
        rule = NewDutyRule(
            unit_id=unit_id, post=Post.PHONE, staffed="00:00-24:00", valid_from=clock.today(), source="a benchmark"
        )
        await set_duty_rule(id=ids.uuid7(), new=rule, by=supervisor)
        span = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=30)}
        shift = NewShift(person_id=desk.operator.person_id, id=ids.uuid7(), **span)
        roster = NewRoster(id=ids.uuid7(), unit_id=unit_id, post=Post.PHONE, shifts=[shift], **span)
        await publish_shifts(new=roster, by=supervisor)
        new = NewLineSystem(
            kind=SystemKind.PHONE, name="an exchange", line="0635-12345", unit_id=unit_id, division_code=COUNTY
        )
        made = await systems.add_line_system(id=None, new=new, by=admin, base_url="http://bench")
        return Exchange(made.record.id, made.record.secret or "")


@asynccontextmanager
async def _database(dsn: str) -> AsyncIterator[None]:
    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()
    async with pooled(settings()):
        yield


async def _pages(desk: Desk, small: Server, large: Server) -> AsyncIterator[Line]:
    """First bytes of pages, asked one after the other of the small and of the large database in turn."""
    last_month = clock.today().replace(day=1) - timedelta(days=1)
    for what, (who, path, most) in {
        "the board of an operator": ("operator", "/console/desk", 1.3),
        "the board of a supervisor": ("supervisor", "/console/desk", 1.3),
        "duties of a month (supervisor)": ("supervisor", f"/console/desk/duties?month={last_month:%Y-%m}", None),
    }.items():
        request = http("GET", path, token=desk.tokens[who], headers={"Accept-Encoding": "identity"})
        medians: dict[Server, list[float]] = {small: [], large: []}
        for number in range(SCALE.rounds + 1):
            for server, told in medians.items():
                firsts = [(await stream(server.port, request, expect={200})).first_s * 1000 for _ in range(WINDOW)]
                if number:  # the first round warms up
                    told.append(statistics.median(firsts))
        yield _compared(f"{what}, first byte", medians[small], medians[large], most=most)


def _compared(what: str, small_ms: list[float], large_ms: list[float], *, most: float | None) -> Line:
    ratio = statistics.median(big / little for little, big in zip(small_ms, large_ms, strict=True))
    small = statistics.median(small_ms)
    detail = f"p50 at {SCALE.large_cases:,} cases; {small:.1f} ms at {SCALE.small_cases:,}"
    aim = "ratio" if most else ""
    return Line(what, statistics.median(large_ms), "ms", detail, ratio, aim_of=aim, most=most)


async def _marks(desk: Desk, small: str, large: str) -> Line:
    """What all open boards of a process together cost the database, each 1.5 seconds."""
    took: dict[str, list[float]] = {}
    units = [held.unit_id for held in desk.operator.held if held.unit_id]
    for dsn in (small, large):
        async with _database(dsn):
            for number in range(5 * SCALE.rounds + 1):
                began, at = time.perf_counter(), clock.now()
                await stream_queries.marks(at=at, units=units, cases_since=at - timedelta(seconds=30))
                if number:
                    took.setdefault(dsn, []).append((time.perf_counter() - began) * 1000)
    return _compared("what the stream asks every 1.5 s", took[small], took[large], most=1.3)


if __name__ == "__main__":
    sys.exit(main())
