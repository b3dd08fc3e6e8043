"""What runs while we measure: PostgreSQL with fsync on in a throw-away folder, and servers as real processes."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from backend.core.postgres import EmbeddedPostgres
from backend.core.settings import settings
from tests.benchmarks.load import WrongAnswer

SAMPLE_EVERY_S = 0.004


@contextmanager
def housed() -> Iterator[EmbeddedPostgres]:
    """An empty PostgreSQL of our own, with durability as in production."""
    folder = Path(tempfile.mkdtemp(prefix="lianxin-bench-"))
    folder.chmod(0o711)  # PostgreSQL never runs as root: its own account must be able to pass through
    os.environ["LIANXIN_DATA"] = str(folder)
    settings.cache_clear()
    server = EmbeddedPostgres(folder / "postgres")
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def another(dsn: str, database: str) -> str:
    """The same server's address with another database."""
    return re.sub(r"(@[^/]*/)[^?]*", rf"\g<1>{database}", dsn, count=1)


def postgres_cpu_s(postmaster_pid: int) -> float:
    """What PostgreSQL's processes have worked so far, those that have ended included."""
    pids = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    stats = {pid: _stat(pid) for pid in pids}
    ended_ticks = sum(stats[postmaster_pid][11:15])
    children = [stat for stat in stats.values() if stat and stat[1] == postmaster_pid]
    return (ended_ticks + sum(sum(stat[11:13]) for stat in children)) / _TICKS_A_SECOND


_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[int]:
    """The numbers of /proc/pid/stat from the state on (which becomes 0); empty when the process is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [0, *map(int, fields[1:])]


class Server:
    """`lianxin serve` as a process of its own, with its worker inside, on one database.

    application   what it serves ("module:factory"); the floor beside the real one unless told
    """

    def __init__(self, dsn: str, *application: str) -> None:
        self._log = Path(tempfile.mkstemp(prefix="lianxin-bench-", suffix=".log")[1])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.server", *application],
            env=os.environ | {"DATABASE_URL": dsn},
            stdout=subprocess.PIPE,
            stderr=self._log.open("wb"),
        )
        said = self._process.stdout.readline() if self._process.stdout else b""
        if not said:
            raise WrongAnswer(f"The server did not start:\n{self._log.read_text()[-3000:]}")
        self.port = int(said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._process.terminate()
        code = self._process.wait(timeout=60)
        said = self._log.read_text()
        self._log.unlink()
        if code and error is None:
            raise WrongAnswer(f"The server left with {code}:\n{said[-3000:]}")
        if error is not None:
            errors = [line for line in said.splitlines() if '"level":"error"' in line]
            print(*errors[:3], sep="\n", file=sys.stderr)

    def cpu_s(self, *, children: bool = False) -> float:
        """What the process has worked so far; with `children`, those of its processes too that look at photos."""
        pids = [self._process.pid]
        if children:
            pids += [each.pid for each in psutil.Process(self._process.pid).children(recursive=True)]
        return sum(sum(_stat(pid)[11:13]) for pid in pids) / _TICKS_A_SECOND

    def pss_mb(self) -> float:
        """What the process weighs now: memory of its own, and its share of what several map."""
        rollup = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text()
        return int(re.findall(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[0]) / 1000

    @contextmanager
    def watched(self) -> Iterator[list[float]]:
        """Samples of `pss_mb` while the block awaits something; the first is from before it."""
        samples = [self.pss_mb()]
        sampling = asyncio.create_task(self._sample(samples))
        try:
            yield samples
        finally:
            sampling.cancel()
            samples.append(self.pss_mb())

    async def _sample(self, samples: list[float]) -> None:
        while True:
            samples.append(self.pss_mb())
            await asyncio.sleep(SAMPLE_EVERY_S)
