"""How soon a report's sheet is there: `python -m tests.benchmarks.reports`.

Every sheet is another one: numbers, plots, digests and codes differ, as they do in a studio. The first of a process
reads the font and the template; then one after another, of one result and of twenty-four of soil; then eight at once
on threads, as `report_pdf.pdf` has them. Memory is the peak after so many, over that after the warming up: a compiler
keeps what it has set, and must not keep it for ever. The aim is 300 ms for one; of eight at once each waits for those
before it.
"""

import asyncio
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable

from backend.laboratory import report_pdf
from backend.laboratory.report_schemas import LabReportRecord, ReportLine
from backend.laboratory.words import SampleKind
from tests.benchmarks.report import Line, table
from tests.benchmarks.rosters import SMALL
from tests.laboratory.sheets import ADDRESS, line, report

SHEETS = 100 if SMALL else 1_000
WARM = 20 if SMALL else 100
AIM_MS = 300.0
AT_ONCE = 8


def main() -> int:
    """Measure and print a table."""
    dice = random.Random(5009)
    first = _timed(_produce(dice))
    lines = [Line("first sheet of a process", first, "ms", "font, template, one result", aim_of="value", most=AIM_MS)]
    for _ in range(WARM):
        _timed(_produce(dice))
        _timed(_soil(dice))
    before = _peak_mb()
    lines.append(_one_after_another("one result", lambda: _produce(dice)))
    lines.append(_one_after_another("soil, 24 results", lambda: _soil(dice)))
    lines.append(Line(f"memory: grown over {2 * SHEETS}", _peak_mb() - before, "MB", f"peak {_peak_mb():.0f} MB"))
    lines.append(asyncio.run(_at_once(dice)))
    print(table(lines))
    return 0


def _one_after_another(what: str, make: Callable[[], LabReportRecord]) -> Line:
    took = sorted(_timed(make()) for _ in range(SHEETS))
    return Line(f"{what}: p99", took[int(len(took) * 0.99) - 1], "ms", _detail(took), aim_of="value", most=AIM_MS)


async def _at_once(dice: random.Random) -> Line:
    """Each waits for its turn on two cores."""
    took: list[float] = []
    waiting = iter([_produce(dice) for _ in range(SHEETS)])

    async def client() -> None:
        for each in waiting:
            begun = time.perf_counter()
            await report_pdf.pdf(each, address=ADDRESS)
            took.append((time.perf_counter() - begun) * 1000)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    per_second = SHEETS / (time.perf_counter() - begun)
    took.sort()
    detail = f"{_detail(took)}, {per_second:.0f}/s"
    return Line(f"{AT_ONCE} at once: p99", took[int(len(took) * 0.99) - 1], "ms", detail)


def _detail(took: list[float]) -> str:
    return f"p50 {statistics.median(took):.1f} ms, slowest {took[-1]:.1f} ms"


def _timed(given: LabReportRecord) -> float:
    begun = time.perf_counter()
    report_pdf.compiled(given, address=ADDRESS)
    return (time.perf_counter() - begun) * 1000


def _produce(dice: random.Random) -> LabReportRecord:
    value = f"{dice.uniform(0, 100):.1f}"
    number = f"JC{dice.randrange(10**12):012d}"
    return report(
        number=number, plot=f"村东 {dice.randrange(10**6)} 号", lines=[line(value=value, why=[f"抑制率 {value} %。"])]
    )


def _soil(dice: random.Random) -> LabReportRecord:
    number = f"JC{dice.randrange(10**12):012d}"
    lines = [_nutrient(dice, n) for n in range(24)]
    return report(number=number, sample_kind=SampleKind.SOIL, overall="soil", lines=lines)


def _nutrient(dice: random.Random, n: int) -> ReportLine:
    grade = dice.randrange(1, 7)
    value = f"{dice.uniform(1, 300):.2f}"
    return line(
        analyte=f"养分{n}", value=value, unit="mg/kg", verdict=str(grade), verdict_says=f"{grade} 级", limit="(10, 20]",
        bars_filled=7 - grade, bars_n=6, level="middle", why=[f"{value} mg/kg：{grade} 级。"],
    )  # fmt: skip


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
