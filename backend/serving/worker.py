"""The job queue alone: `lianxin worker`, beside web servers or on a machine of its own."""

import asyncio
import signal

import backend.app  # noqa: F401 - brings every room in, and with it the jobs it registers
from backend.core import job_worker
from backend.core.settings import Settings
from backend.serving.preparing import pooled


async def work(chosen: Settings) -> None:
    """Work the queue until a signal comes; the job under way ends first."""
    stop = asyncio.Event()
    for word in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(word, stop.set)
    async with pooled(chosen):
        await job_worker.worker(stop)
