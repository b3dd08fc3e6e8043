"""The worker of `tests.benchmarks.push`: the real queue, and a provider that takes everything and notes emergencies.

    python -m tests.benchmarks.push_worker DSN FILE

A line in FILE for each emergency: the notice's id and the time of day at which its message was handed over.
"""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import time as time_of_day
from pathlib import Path

import msgspec
import uvloop

import backend.push.routes  # noqa: F401 - registers the room's jobs
from backend.core import database, job_worker, logs
from backend.push import outlets
from backend.push.provider import (
    AddressKind,
    Capabilities,
    Category,
    Outgoing,
    Receipt,
    ReceiptState,
    Sent,
    Verdict,
)


class Taking:
    """Says yes at once."""

    name = "taking"
    kinds = frozenset(AddressKind) - {AddressKind.FCM_TOPIC}
    capabilities = Capabilities(max_payload_bytes=4096, receipts=True, per_second=1e9)

    def __init__(self, path: Path | None = None) -> None:
        self._file = path.open("a", buffering=1) if path else None

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        if self._file and batch[0].category is Category.EMERGENCY:
            for message in batch:
                self._file.write(f"{message.data['notice_id']} {time.time()}\n")
        return [
            Verdict(delivery_id=out.delivery_id, sent=Sent.ACCEPTED, provider_message_id=out.dedupe_id) for out in batch
        ]

    async def query(self, dedupe_ids: Sequence[str]) -> dict[str, ReceiptState | Sent]:
        return {}

    def receipts_of(self, body: bytes, headers: Mapping[str, str]) -> list[Receipt]:
        return []

    async def aclose(self) -> None: ...


def without_nights(policy):
    """So that the figures do not depend on the hour."""
    return msgspec.structs.replace(policy, quiet_from=time_of_day.max, quiet_to=time_of_day.min)


async def main(dsn: str, path: Path) -> None:
    """Work until somebody says stop."""
    taking = Taking(path)
    outlets.in_use = lambda: [taking]
    await database.connect(dsn, pool_size=10, acquire_timeout_s=30)
    await job_worker.worker(asyncio.Event())


if __name__ == "__main__":
    logs.configure()
    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
