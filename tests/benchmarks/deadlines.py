"""How fast what is due is found, and whether desks feel the years: `python -m tests.benchmarks.deadlines`.

sweep   100,000 open clocks, three processes that sweep at once: a minute's worth that is due (1 %), a night's (20 %),
        and every single one. Each share has to fire exactly once, or this stops with an error.
move    notices sent to whoever is asked, each with its task and its push, per second and node
start   both clocks of a case, in one transaction
desk    what a supervisor reads, with 10 thousand stopped clocks and with a million, the same 10,000 open ones
"""

import asyncio
import logging
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from tests.benchmarks.load import WrongAnswer
from tests.benchmarks.processes import another, housed
from tests.benchmarks.report import Line, table

SMALL = os.environ.get("BENCH_SCALE") == "small"
OPEN, STOPPED, DESK_OPEN = (5_000, 50_000, 2_000) if SMALL else (100_000, 1_000_000, 10_000)
FEW_STOPPED = 5_000 if SMALL else 10_000
ROUNDS = 5 if SMALL else 15
UNITS = 40
NODES = 3
COUNTY = "371526"

NODE = """
import asyncio, logging, sys, structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from backend.core import database
from backend.deadlines import expediting
async def main():
    await database.connect(sys.argv[1], pool_size=2, acquire_timeout_s=30)
    await database.fetch("SELECT 1")
    print("ready", flush=True)
    while sys.stdin.readline():
        print(await expediting.sweep(), flush=True)
    await database.disconnect()
asyncio.run(main())
"""


def main() -> int:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with housed() as postgres:
        print(table(asyncio.run(measure(postgres.dsn))))
    return 0


async def measure(dsn: str) -> list[Line]:
    """Everything, in one database."""
    from backend.core.settings import Settings, settings
    from backend.serving.preparing import pooled, prepare

    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()
    chosen: Settings = settings()
    await prepare(chosen)
    async with pooled(chosen):
        await _founded()
        lines = [*await sweeps(dsn), await moves(), await starts()]
        return [*lines, *await desks(dsn)]


async def _founded() -> None:
    """The cast's divisions and people, and units of the county."""
    from backend.core import ids
    from backend.people import actions
    from backend.people.tables import UnitKind
    from tests.cast import make_cast

    await make_cast()
    for number in range(UNITS):
        await actions.open_unit(
            id=ids.uuid7(), name=f"单位{number}", kind=UnitKind.DEPARTMENT, division_code="371526000000"
        )


async def sweeps(dsn: str) -> list[Line]:
    """Three nodes at once, each time over fresh clocks."""
    nodes = [await _node(dsn) for _ in range(NODES)]
    lines = []
    for what, percent in (("a minute's worth is due", 1), ("after a night", 20), ("every one is due", 100)):
        due = OPEN * percent // 100
        await _emptied()
        await _open(OPEN - due, due_in="interval '5 days'")
        await _open(due, due_in="interval '-1 minute'")
        spent, fired = await _sweep(nodes)
        await _check(due, fired)
        again, nothing = await _sweep(nodes)
        if nothing:
            raise WrongAnswer(f"{nothing} notices fired twice")
        detail = f"{due:,} of {OPEN:,} open clocks, {NODES} nodes; with nothing to do {again * 1000:.0f} ms"
        lines.append(Line(f"sweep, {what}", spent, "s", detail, aim_of="value", most=2))
    for node in nodes:
        node.stdin.close()
        await node.wait()
    return lines


async def _node(dsn: str) -> asyncio.subprocess.Process:
    node = await asyncio.create_subprocess_exec(sys.executable, "-c", NODE, dsn, stdin=-1, stdout=-1)
    if await node.stdout.readline() != b"ready\n":
        raise WrongAnswer("a node did not come up")
    return node


async def _sweep(nodes: list[asyncio.subprocess.Process]) -> tuple[float, int]:
    """Seconds until the last of them is through, and how many notices they fired together."""
    began = time.perf_counter()
    for node in nodes:
        node.stdin.write(b"go\n")
    printed = await asyncio.gather(*(node.stdout.readline() for node in nodes))
    return time.perf_counter() - began, sum(int(number) for number in printed)


async def _check(due: int, fired: int) -> None:
    """Raises WrongAnswer unless every due clock has one notice, which overtook two shares."""
    from backend.core.database import fetch

    rows = await fetch(
        "SELECT overtakes, count(*) AS n, count(DISTINCT clock) AS clocks FROM deadlines_expedite GROUP BY 1"
    )
    found = [tuple(row) for row in rows]
    if fired != due or found != [([90, 75], due, due)]:
        raise WrongAnswer(f"{due} were due, {fired} fired, and there is {found}")


async def _emptied() -> None:
    from backend.core.database import fetch

    await fetch("TRUNCATE deadlines_clock, tasks_task CASCADE")


async def _open(number: int, *, due_in: str, stopped: bool = False) -> None:
    """Clocks set-wise, over the units in turn: a verb would take a quarter of an hour. Their shares lie a day apart."""
    from backend.core.database import fetch

    state = "stopped" if stopped else "running"
    marks = "ARRAY[at - interval '2 days', at - interval '1 day', at]"
    stopped_at = "at - interval '1 hour'"
    rest = f"NULL, 3, {stopped_at}, {stopped_at}" if stopped else f"({marks})[1], 0, NULL, NULL"
    await fetch(
        f"""
        INSERT INTO deadlines_clock (id, subject_room, subject_id, kind, label, unit, division_code, policy, ladder,
            calendar_version, provisional, round, state, opened_at, due_at, expected_at, expedite_percents,
            expedite_at, expedited_percent, next_expedite_at, notices, stopped_at, stop_recorded_at, revision,
            arguments_digest)
        SELECT gen_random_uuid(), 'cases', gen_random_uuid(), 'response', 'LX-' || n, u.id, '371526101335', p.id,
            p.ladder, 1, FALSE, 1, '{state}', at - interval '5 days', at, NULL, '{{75,90,100}}', {marks}, 0,
            {rest}, 1, ''
        FROM generate_series(1, $1) AS n
        CROSS JOIN LATERAL (SELECT now() + {due_in} AS at) t
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM people_unit) u ON u.number = n % {UNITS} + 1
        CROSS JOIN (SELECT id, ladder FROM deadlines_policy WHERE code = 'general' AND kind = 'response') p
        """,
        number,
    )
    await fetch("ANALYZE deadlines_clock")


async def moves() -> Line:
    """Notices to whoever is asked: here the county's supervisor, since nobody is on duty."""
    import backend.push.dispatch
    import backend.push.escalation  # noqa: F401 - the jobs behind a push
    from backend.deadlines import expediting

    await _emptied()
    await _open(OPEN // 100, due_in="interval '-1 minute'")
    await expediting.sweep()
    began, moved = time.perf_counter(), 0
    while more := await expediting.move_some():
        moved += more
    rate = moved / (time.perf_counter() - began)
    return Line("notices sent, each with task and push", rate, "/s", f"{moved:,} by one node")


async def starts() -> Line:
    """Response and handling of a case that is opened."""
    from backend.core import ids
    from backend.core.clock import now
    from backend.core.database import fetch
    from backend.deadlines.schemas import NewClock
    from backend.deadlines.starting import start_clocks

    unit_id: UUID = (await fetch("SELECT id FROM people_unit LIMIT 1"))[0]["id"]

    async def start() -> None:
        subject = ids.uuid7()
        await start_clocks(
            clocks=[
                NewClock(
                    id=ids.uuid7(), subject_room="cases", subject_id=subject, kind=kind, policy_code="consult",
                    opened_at=now(), division_code="371526101335", label="LX-1", unit_id=unit_id,
                )
                for kind in ("response", "handling")
            ]
        )  # fmt: skip

    return Line("start both clocks of a case", await _median_ms(start), "ms", "one after the other, durable")


async def desks(dsn: str) -> list[Line]:
    """The same questions of two databases in turn: few stopped clocks and many, the same open ones."""
    from backend.core import database

    await _emptied()
    await _open(DESK_OPEN - 500, due_in="(n % 5000) * interval '1 minute'")
    await _open(500, due_in="-(n % 5000) * interval '1 minute'")
    many = await _copied(dsn)
    few = database.engine.pool
    spent: dict[str, dict[int, list[float]]] = {}
    for pool, stopped in ((few, FEW_STOPPED), (many, STOPPED)):
        database.engine.pool = pool
        await _open(stopped, due_in="-n * interval '1 minute' - interval '1 day'", stopped=True)
        await _told()
    for number in range(ROUNDS * 8):
        for pool, stopped in ((few, FEW_STOPPED), (many, STOPPED)):
            database.engine.pool = pool
            for what, read in (await _reads()).items():
                began = time.perf_counter()
                await read()
                if number >= ROUNDS:
                    took = (time.perf_counter() - began) * 1000
                    spent.setdefault(what, {}).setdefault(stopped, []).append(took)
    database.engine.pool = few
    await many.close()
    return [_desk_line(what, *(statistics.median(each) for each in both.values())) for what, both in spent.items()]


def _desk_line(what: str, few_ms: float, many_ms: float) -> Line:
    detail = f"{STOPPED:,} stopped against {FEW_STOPPED:,} ({few_ms:.2f} ms), {DESK_OPEN:,} open"
    return Line(what, many_ms, "ms", detail, many_ms / few_ms, aim_of="ratio", most=1.3)


async def _copied(dsn: str) -> Any:
    """A pool on a copy of the database."""
    from backend.core import database

    await database.disconnect()
    connection = await asyncpg.connect(another(dsn, "template1"))
    await connection.execute("CREATE DATABASE many TEMPLATE postgres")
    await connection.close()
    await database.connect(dsn, pool_size=2, acquire_timeout_s=30)
    few = database.engine.pool
    await database.connect(another(dsn, "many"), pool_size=2, acquire_timeout_s=30)
    many, database.engine.pool = database.engine.pool, few
    return many


async def _reads() -> dict[str, Callable[[], Awaitable[object]]]:
    from backend.core.clock import now
    from backend.core.database import fetch
    from backend.deadlines import clocks, figures

    (row,) = await fetch("SELECT unit, subject_id FROM deadlines_clock WHERE state = 'running' ORDER BY id LIMIT 1")
    return {
        "open clocks by unit": lambda: figures.open_by_unit(prefixes=[COUNTY]),
        "the first page of overdue ones": lambda: figures.overdue(prefixes=[COUNTY]),
        "a unit's overdue ones": lambda: figures.overdue(prefixes=[COUNTY], unit_id=row["unit"]),
        "the clocks of a case": lambda: clocks.clocks_of(subject_room="cases", subject_id=row["subject_id"]),
        "stopped on a day, by unit": lambda: figures.stopped_by_unit(
            prefixes=[COUNTY], stopped_from=now() - timedelta(days=3), stopped_to=now() - timedelta(days=2)
        ),
    }


async def _told() -> None:
    """The history of the stopped ones."""
    from backend.core.database import fetch

    await fetch(
        """
        INSERT INTO deadlines_clock_event (id, clock, kind, at, recorded_at, opened_at, new_due_at, calendar_version,
            subject_room, clock_kind, unit, division_code, policy)
        SELECT gen_random_uuid(), c.id, 'stopped', c.stopped_at, c.stopped_at, c.opened_at, c.due_at, 1,
            c.subject_room, c.kind, c.unit, c.division_code, c.policy
        FROM deadlines_clock c WHERE c.state = 'stopped'
        AND NOT EXISTS (SELECT FROM deadlines_clock_event e WHERE e.clock = c.id)
        """
    )
    await fetch("VACUUM ANALYZE deadlines_clock_event")
    await fetch("VACUUM ANALYZE deadlines_clock")


async def _median_ms(do: Callable[[], Awaitable[object]]) -> float:
    spent = []
    for _ in range(ROUNDS * 4):
        began = time.perf_counter()
        await do()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent[ROUNDS:])


if __name__ == "__main__":
    sys.exit(main())
