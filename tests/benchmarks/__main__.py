"""`make bench`, or `BENCH_SCALE=small make bench`: measure everything in one run and print one table.

The exit code is 0 however slow it was; only a wrong answer is an error. BENCH_JSON names a file for the figures.
"""

import os
import platform
import sys
import time
from pathlib import Path

import asyncpg
import uvloop

from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.people.one_time_links import set_first_password
from backend.serving.preparing import pooled, prepare
from tests.benchmarks import county, measures, report
from tests.benchmarks.county import County
from tests.benchmarks.load import WrongAnswer
from tests.benchmarks.measures import SCALES, Scale
from tests.benchmarks.processes import Server, another, housed
from tests.benchmarks.report import Line

LARGE = "large"


def main() -> int:
    """Measure at BENCH_SCALE and tell."""
    scale = SCALES[os.environ.get("BENCH_SCALE") or "full"]
    try:
        with housed() as postgres:
            lines = uvloop.run(measure(scale, postgres))
    except WrongAnswer as wrong:
        print(f"A benchmark was answered wrongly: {wrong}", file=sys.stderr)
        return 1
    print(report.table(lines))
    if path := os.environ.get("BENCH_JSON"):
        machine = {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.platform()}
        Path(path).write_bytes(report.as_json(scale.name, machine, lines))
    return 0


async def measure(scale: Scale, postgres: EmbeddedPostgres) -> list[Line]:
    """Every line of the table. Lists come before writes: they want the databases at their stated sizes."""
    dsn, postmaster_pid = postgres.dsn, postgres.postmaster_pid or 0
    people = await _founded(scale, dsn)
    large_dsn = another(dsn, LARGE)
    lines: list[Line] = []
    with Server(dsn) as small, Server(large_dsn) as large:
        for measured in (
            measures.idle(small),
            measures.lists(scale, people, small, large),
            measures.writes(scale, people, small, large, postmaster_pid),
            measures.batches(scale, people, small, postmaster_pid),
            measures.sign_ins(scale, people, small),
        ):
            lines += [line async for line in measured]
            _say(lines[-1].what)
    lines += [line async for line in measures.memory(scale, people, dsn)]
    return lines


async def _founded(scale: Scale, dsn: str) -> County:
    """Two databases: one with the small number of visits, and its copy grown to the large one."""
    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        people = await county.found(visits=scale.small_visits, importers=scale.importers)
        await set_first_password(person_id=people.newcomer.actor.person_id, password=county.PASSWORD)
    await county.lay_floor(dsn)
    await county.grow(dsn, visits=scale.small_visits)
    _say(f"{scale.small_visits:,} visits are in")
    await _copied(dsn)
    await county.grow(another(dsn, LARGE), visits=scale.large_visits)
    _say(f"{scale.large_visits:,} visits are in the other database")
    return people


async def _copied(dsn: str) -> None:
    connection = await asyncpg.connect(another(dsn, "template1"))
    await connection.execute(f"CREATE DATABASE {LARGE} TEMPLATE postgres")
    await connection.close()


_began = time.monotonic()


def _say(what: str) -> None:
    print(f"{time.monotonic() - _began:6.1f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
