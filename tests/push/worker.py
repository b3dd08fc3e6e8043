"""A worker as a process of its own, to be killed: `python -m tests.push.worker DSN FILE`.

Its provider writes the id of every message to FILE before it answers, ten to a batch, and takes its time.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import backend.push.routes  # noqa: F401 - registers this room's jobs
from backend.core import database, job_worker
from backend.push import outlets
from backend.push.provider import AddressKind, Outgoing, Verdict
from tests.push.outside import Outside


class Written(Outside):
    """What it is given is in a file, whatever becomes of it."""

    def __init__(self, path: Path) -> None:
        super().__init__("sms", AddressKind.SMS, batch_size=10)
        self._file = path.open("a", buffering=1)

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        for message in batch:
            self._file.write(message.dedupe_id + "\n")
            await asyncio.sleep(0.02)
        return await super().send(batch)


async def main(dsn: str, path: Path) -> None:
    """Work until somebody kills it."""
    written = Written(path)
    outlets.in_use = lambda: [written]
    await database.connect(dsn, pool_size=5, acquire_timeout_s=5)
    await job_worker.worker(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
