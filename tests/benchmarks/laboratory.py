"""How fast a bench's files come in: `python -m tests.benchmarks.laboratory`.

import    a file of 100,000 rows, from the kept original to the last row's stored verdict and reason, as a worker does
          it: read in a process beside, looked up, judged, written, repeats of the positives opened. Once with samples
          that were received (five tests of each), once with a tester's whole memory, every row a sample of its own that
          nobody received
floor     the same results again, ready-made, by COPY into a table with the same indexes, a chunk to a transaction
memory    the peak of the process that imports over what it was before, after a file ten times shorter had warmed it up;
          and the peak of the process that reads
judging   a million readings against the dated tables, in one thread: enzyme tests, residues, soils

What is compared takes turns, and medians of the rounds are told. The aim is 10,000 rows a second, end to end.
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple
from uuid import UUID

import msgspec
import uvloop

from backend.core import clock, ids
from backend.core.database import connection, fetch
from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from backend.laboratory import import_jobs, import_queries, importing
from backend.laboratory.import_jobs import Queued
from backend.laboratory.import_reading import Asked
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.instrument_tables import CalibrationDone, Instrument
from backend.laboratory.judging import Context, judge
from backend.laboratory.readings import Reading
from backend.laboratory.words import Calibration, ImportDoor, LandUse, Method
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.serving.preparing import pooled, prepare
from backend.territory.actions import load_divisions
from seed.places import DIVISIONS, DIVISIONS_SINCE, DIVISIONS_SOURCE
from tests.benchmarks.county import COUNTY, SINCE
from tests.benchmarks.load import WrongAnswer
from tests.benchmarks.processes import housed, postgres_cpu_s
from tests.benchmarks.report import Line, table

SMALL = os.environ.get("BENCH_SCALE") == "small"
ROWS, ROUNDS, READINGS = (12_000, 1, 30_000) if SMALL else (100_000, 3, 1_000_000)
AIM = 10_000.0
TESTS_OF_A_SAMPLE = 5
POSITIVE = 0.03
SERIAL = "BENCH-1"
HEAD = "样品编号,样品名称,检测项目,抑制率(%),检测结果,检测时间,通道号,仪器编号,检测编号\r\n"
CROPS = ("菠菜", "黄瓜", "番茄", "韭菜", "白菜", "芹菜", "苹果", "豇豆")


class Went(NamedTuple):
    """One import: rows a second, and microseconds of processor for a row: importing, reading beside, PostgreSQL."""

    per_second: float
    importing_us: float
    reading_us: float
    postgres_us: float


def main() -> int:
    """Measure and print a table."""
    with housed() as postgres:
        lines = uvloop.run(_imports(postgres))
    print(table([*lines, *_judging()]))
    return 0


async def _imports(postgres: EmbeddedPostgres) -> list[Line]:
    os.environ["DATABASE_URL"] = postgres.dsn
    settings.cache_clear()
    await prepare(settings())
    async with pooled(settings()):
        technician, unit_id = await _desk()
        pid = int(next(Path(os.environ["LIANXIN_DATA"]).rglob("postmaster.pid")).read_text().split()[0])
        await _import(_file(ROWS // 10, "warm", 1), technician, pid)
        before = _peak_mb()
        went: dict[str, list[Went]] = {"received": [], "unknown": [], "floor": []}
        for number in range(ROUNDS):
            await _receive(f"R{number}", unit_id)
            went["received"].append(await _import(_file(ROWS, f"R{number}", TESTS_OF_A_SAMPLE), technician, pid))
            went["floor"].append(await _floor())
            went["unknown"].append(await _import(_file(ROWS, f"U{number}", 1), technician, pid))
        grown = _peak_mb() - before
    return [
        _line(f"import of {ROWS:,} rows, samples received", went["received"], went["floor"]),
        _line(f"import of {ROWS:,} rows, every sample unknown", went["unknown"], went["floor"]),
        Line("floor: the same results by COPY", statistics.median(each.per_second for each in went["floor"]), "rows/s"),
        Line("memory: grown over a file ten times longer", grown, "MB", f"peak {_peak_mb():.0f} MB"),
        Line("memory: peak of the process that reads", _readers_peak_mb(), "MB", f"{ROWS:,} rows"),
    ]


async def _desk() -> tuple[Actor, UUID]:
    await load_divisions(path=DIVISIONS, source=DIVISIONS_SOURCE, valid_from=DIVISIONS_SINCE)
    unit = await actions.open_unit(id=ids.uuid7(), name="农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY)
    person = await actions.open_account(id=ids.uuid7(), name="化验员", phone="199 0003 0001")
    await actions.assign_role(
        person_id=person.id, role=Role.TECHNICIAN, division_code=COUNTY, unit_id=unit.id, valid_from=SINCE
    )
    instrument = Instrument(
        id=ids.uuid7(), serial=SERIAL, unit=unit.id, method=Method.ENZYME_INHIBITION, first_seen_at=clock.now()
    )
    await Instrument.insert(instrument)
    calibrated = CalibrationDone(
        id=ids.uuid7(),
        instrument=instrument.id,
        done_on=date(2026, 1, 1),
        due_on=clock.today() + timedelta(days=365),
        recorded_by=person.id,
        recorded_at=clock.now(),
    )
    await CalibrationDone.insert(calibrated)
    return await sessions.actor(person_id=person.id), unit.id


async def _receive(prefix: str, unit_id: UUID) -> None:
    """Samples as they are handed in, set-wise."""
    await fetch(
        """
        INSERT INTO laboratory_sample (id, code, state, kind, run_kind, unit, holder, division_code, crop_said,
            sampled_on, received_at, wants_call, results_n)
        SELECT gen_random_uuid(), $1 || '-' || n, 'received', 'produce', 'advice', $2, $2, '371526101335', '白菜',
            $3::date, $4, FALSE, 0 FROM generate_series(0, $5) n
        """,
        prefix,
        unit_id,
        clock.today(),
        clock.now(),
        ROWS // TESTS_OF_A_SAMPLE,
    )
    await fetch("ANALYZE laboratory_sample")


def _file(rows: int, prefix: str, tests: int) -> bytes:
    dice = random.Random(prefix)
    today = clock.today()

    def lines() -> Iterator[str]:
        yield HEAD
        for n in range(rows):
            percent = dice.uniform(50, 90) if dice.random() < POSITIVE else dice.uniform(-5, 39)
            says = "不合格" if percent >= 50 else "合格"
            sample = f"{prefix}-{n // tests},{CROPS[n // tests % len(CROPS)]}"
            told = f"{sample},有机磷和氨基甲酸酯类农药残留,{percent:.1f},{says}"
            yield f"{told},{today} 09:{n % 60:02d}:00,{n % 12 + 1},{SERIAL},{prefix}{n}\r\n"

    return "".join(lines()).encode("utf-8-sig")


async def _import(content: bytes, technician: Actor, postmaster_pid: int) -> Went:
    """The file is kept as the route does; what is timed is the worker's part, to the last row."""
    outcome = await importing.import_bytes(content, file_name="仪器.csv", by=technician, door=ImportDoor.API)
    rows = content.count(b"\n") - 1
    if outcome.record.id is None:
        raise WrongAnswer("It was only tried.")
    started, own, beside, server = (
        time.perf_counter(),
        time.process_time(),
        _children_s(),
        postgres_cpu_s(postmaster_pid),
    )
    await import_jobs.import_queued(Queued(outcome.record.id, NewImport()))
    took, own = time.perf_counter() - started, time.process_time() - own
    beside, server = _children_s() - beside, postgres_cpu_s(postmaster_pid) - server
    done = await import_queries.of_id(outcome.record.id)
    if done is None or (done["state"], done["stored_n"]) != ("done", rows):
        raise WrongAnswer(f"Not every row was stored: {done and dict(done)}")
    return Went(rows / took, *(seconds / rows * 1e6 for seconds in (own, beside, server)))


async def _floor() -> Went:
    """The newest results once more, by COPY alone."""
    async with connection() as acquired:
        await acquired.execute("DROP TABLE IF EXISTS floor")
        await acquired.execute("CREATE TABLE floor (LIKE laboratory_result INCLUDING ALL)")
        chunks = []
        for start in range(0, ROWS, 2_000):
            out = BytesIO()
            newest = "SELECT * FROM laboratory_result ORDER BY received_at DESC, id DESC"
            await acquired.copy_from_query(f"{newest} OFFSET {start} LIMIT 2000", output=out, format="binary")
            chunks.append(out.getvalue())
        started = time.perf_counter()
        for chunk in chunks:
            await acquired.copy_to_table("floor", source=BytesIO(chunk), format="binary")
        took = time.perf_counter() - started
        await acquired.execute("DROP TABLE floor")
    return Went(ROWS / took, 0, 0, 0)


def _judging() -> Iterator[Line]:
    """One thread, every rule in turn."""
    day = date(2026, 5, 1)
    kinds = {
        "enzyme tests": (_enzyme, Context(sampled_on=day, crop="spinach", calibration=Calibration.VALID)),
        "residues": (_residue, Context(sampled_on=day, crop="pear", calibration=Calibration.VALID)),
        "soils": (_soil, Context(sampled_on=day, land_use=LandUse.UPLAND, ph=Decimal("6.2"))),
    }
    for what, (make, context) in kinds.items():
        readings = [make(n) for n in range(1_000)]
        for each in readings:
            judge(each, context=context)
        started, cpu = time.perf_counter(), time.process_time()
        for n in range(READINGS):
            judge(readings[n % 1_000], context=context)
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
        yield Line(
            f"judging {READINGS:,} {what}", READINGS / took, "/s", f"{cpu / READINGS * 1e6:.1f} µs of processor each"
        )


def _enzyme(n: int) -> Reading:
    value = Decimal(n % 900) / 10
    return Reading(
        line=n, method=Method.ENZYME_INHIBITION, analyte="cholinesterase_inhibition", value=value, unit="%",
        instrument_verdict="合格",
    )  # fmt: skip


def _residue(n: int) -> Reading:
    value = Decimal(n % 50) / 100
    return Reading(line=n, method=Method.CHROMATOGRAPHY, analyte_text="草甘膦", value=value, unit="mg/kg")


def _soil(n: int) -> Reading:
    return Reading(line=n, method=Method.SOIL_TEST, analyte="cadmium", value=Decimal(n % 60) / 100, unit="mg/kg")


def _line(what: str, went: list[Went], floor: list[Went]) -> Line:
    ratio = statistics.median(mine.per_second / bare.per_second for mine, bare in zip(went, floor, strict=True))
    cpu = [statistics.median(getattr(each, name) for each in went) for name in Went._fields[1:]]
    detail = f"processor for a row: {cpu[0]:.0f} importing + {cpu[1]:.0f} reading + {cpu[2]:.0f} PostgreSQL µs"
    value = statistics.median(each.per_second for each in went)
    return Line(what, value, "rows/s", detail, ratio, aim_of="value", least=AIM)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _readers_peak_mb() -> float:
    """Asked by a small process: a child begins with the peak of whoever forked it."""
    asked = Asked(county="371526", unit_id=ids.uuid7(), serial=None, received_on=clock.today())
    with TemporaryFile() as file:
        file.write(_file(ROWS, "M", 1))
        file.seek(0)
        script = (
            "import resource, subprocess, sys;"
            "subprocess.run([sys.executable, '-m', 'backend.laboratory.import_reading', sys.argv[1]], "
            "stdout=subprocess.DEVNULL, check=True);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        words = [sys.executable, "-c", script, msgspec.json.encode(asked).decode()]
        told = subprocess.run(words, stdin=file, capture_output=True, check=True)
    return int(told.stdout) / 1000


if __name__ == "__main__":
    sys.exit(main())
