"""What lies in the queue of jobs: waiting, running, held because it failed too often."""

from datetime import datetime

import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.domain.types import JobId
from pgqueuer.queries import Queries

from backend.core import database
from backend.core.jobs import schedule


class HeldJob(msgspec.Struct, frozen=True):
    """A job that failed too often. `reason` names the kind of error and its place in the code, never its data."""

    id: int
    entrypoint: str
    attempts: int
    held_at: datetime
    reason: str | None


async def held_jobs(*, limit: int = 100) -> list[HeldJob]:
    """Jobs that failed too often, the latest first."""
    rows = await database.fetch(
        "SELECT held.id, held.entrypoint, held.attempts, held.updated AS held_at, "
        "(SELECT log.traceback ->> 'exception_message' FROM pgqueuer_log log "
        " WHERE log.job_id = held.id AND log.status = 'failed' ORDER BY log.created DESC LIMIT 1) AS reason "
        "FROM pgqueuer held WHERE held.status = 'failed' ORDER BY held.updated DESC LIMIT $1",
        limit,
    )
    return [HeldJob(**row) for row in rows]


async def release_held(*, job_ids: list[int]) -> None:
    """Let held jobs run again, with all their tries before them."""
    async with database.connection() as connection:
        await Queries(AsyncpgDriver(connection)).requeue_jobs([JobId(number) for number in job_ids])


async def counts() -> dict[str, int]:
    """How many jobs are `queued` (waiting), `picked` (running) and `failed` (held)."""
    rows = await database.fetch("SELECT status::text AS status, count(*) AS jobs FROM pgqueuer GROUP BY status")
    return {"queued": 0, "picked": 0, "failed": 0} | {row["status"]: row["jobs"] for row in rows}


@schedule("core/forget-finished-jobs", "23 3 * * *")
async def forget_finished_jobs() -> None:
    """The queue's own log keeps every step of every job: 30 days are enough."""
    async with database.connection() as connection:
        await connection.execute("DELETE FROM pgqueuer_log WHERE aggregated AND created < now() - interval '30 days'")
