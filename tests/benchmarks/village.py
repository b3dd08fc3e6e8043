"""Whether hundreds of phones and a server that all die at times agree in the end: `python -m tests.benchmarks.village`.

Nothing is fast or slow here: the run is right or wrong. The same village as in tests/sync/simulation, five hundred
phones strong, over a line that loses, repeats and reorders; SEED plays another one. BENCH_SCALE=small: forty phones.
"""

import os
import sys

import uvloop

from backend.core.settings import settings
from backend.serving.preparing import pooled, prepare
from tests.benchmarks import report
from tests.benchmarks.processes import housed
from tests.benchmarks.report import Line
from tests.sync.simulation.large import run
from tests.sync.simulation.playing import Played

PHONES, STEPS = (40, 400) if os.environ.get("BENCH_SCALE") == "small" else (500, 6_000)
SEED = int(os.environ.get("SEED", "1"))


def main() -> int:
    """Play it and print."""
    try:
        with housed() as postgres:
            os.environ["DATABASE_URL"] = postgres.dsn
            settings.cache_clear()
            print(report.table(_lines(uvloop.run(_played()))))
    except AssertionError as disagreed:
        print(f"The phones and the house do not agree (SEED={SEED}): {disagreed!r}", file=sys.stderr)
        return 1
    return 0


async def _played() -> Played:
    await prepare(settings())
    async with pooled(settings()):
        return await run(phones=PHONES, steps=STEPS, seed=SEED)


def _lines(played: Played) -> list[Line]:
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(played.verdicts.items()))
    return [
        Line("phones that agree with the server", played.phones, "phones", f"{played.deeds} commands: {told}"),
        Line("the village's life", played.seconds, "s", f"{STEPS} steps, seed {SEED}"),
    ]


if __name__ == "__main__":
    sys.exit(main())
