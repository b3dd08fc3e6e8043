"""Running the jobs that rooms registered, each lane by itself.

One that fails is tried again, later each time; one that keeps failing is held until somebody looks (`held_jobs`).
Heavy work has a lane of its own (`lane="photos"`): what piles up there keeps no other job waiting.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

import asyncpg
import msgspec
import structlog
from croniter import croniter
from pgqueuer import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, ScheduleExecutor
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import Schedule as DueSchedule
from pgqueuer.domain.models import utc_now

from backend.core import clock, database, jobs, logs
from backend.core.jobs import MAIN, Registered, enqueue

log = structlog.get_logger()

_RECONNECT_AFTER_S = 2.0
_LOOK_AGAIN_AFTER = timedelta(seconds=10)  # new jobs announce themselves, released ones do not


class JobFailed(Exception):
    """What the queue may write down about a failure: the error's own text could hold somebody's name."""


async def worker(stop: asyncio.Event) -> None:
    """Run jobs and schedules until `stop` is set, then let the running ones finish. Needs `database.connect` first.

    It keeps one connection of its own per lane and finds its way back when the database was away. A running job may
    hold up the stop for as long as it takes: a process killed meanwhile loses nothing, its jobs are taken up again
    after 30 s.
    """
    lanes = {each.lane for each in jobs.registered.values()} | {MAIN}
    await asyncio.gather(*(_work_lane(lane, stop) for lane in lanes))


async def _work_lane(lane: str, stop: asyncio.Event) -> None:
    dsn = database.engine.config["dsn"]
    while not stop.is_set():
        try:
            await _work(dsn, lane, stop)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, FailingListenerError) as error:
            log.warning("the worker lost the database", kind=type(error).__name__)
        await _wait(stop, _RECONNECT_AFTER_S)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _work(dsn: str, lane: str, stop: asyncio.Event) -> None:
    registered = [each for each in jobs.registered.values() if each.lane == lane]
    at_once = max([2, *(each.at_once() for each in registered)])
    connection = await asyncpg.connect(dsn)
    queue = _queue(connection, registered)
    connection.add_termination_listener(lambda _: queue.shutdown.set())
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: queue.shutdown.set())
    try:
        await queue.run(
            dequeue_timeout=_LOOK_AGAIN_AFTER,
            batch_size=at_once // 2,
            max_concurrent_tasks=at_once,
            shutdown_on_listener_failure=True,
        )
    finally:
        stopping.cancel()
        if not connection.is_closed():
            await connection.close()


def _queue(connection: asyncpg.Connection, registered: Iterable[Registered]) -> PgQueuer:
    queue = PgQueuer.from_asyncpg_connection(connection)
    for each in registered:
        retrying = partial(
            DatabaseRetryEntrypointExecutor,
            max_attempts=each.retries,
            initial_delay=each.first_delay,
            max_delay=timedelta(minutes=15),
            backoff_multiplier=4.0,
        )
        queue.entrypoint(each.entrypoint, on_failure="hold", executor_factory=retrying)(partial(_run, each))
        if each.cron:
            queue.schedule(each.entrypoint, each.cron, executor_factory=_InShandong)(partial(_fire, each))
    return queue


async def _fire(registered: Registered, _: DueSchedule) -> None:
    await enqueue(registered.entrypoint, dedupe=f"schedule {registered.entrypoint}")


class _InShandong(ScheduleExecutor):
    """pgqueuer reads cron expressions in UTC; people write them for the clock on their wall."""

    def get_next(self) -> datetime:
        return croniter(self.parameters.expression, start_time=clock.local(utc_now())).get_next(datetime)


async def _run(registered: Registered, queued: QueuedJob) -> None:
    """One try. What goes wrong leaves here as JobFailed, without its text, for the queue's own log."""
    logs.request_id.set(f"job-{queued.id}")
    started = perf_counter()
    facts = {"job": registered.entrypoint, "attempt": queued.attempts + 1}
    try:
        await _handle(registered, queued.payload)
    except asyncio.CancelledError as error:
        raise RetryRequested(reason="the worker was stopped") from error
    except Exception as error:
        log.warning("job failed", **facts, exc_info=error)
        raise JobFailed(logs.kind_and_place(error)) from None
    log.info("job done", **facts, duration_ms=round((perf_counter() - started) * 1000, 1))


async def _handle(registered: Registered, payload: bytes | None) -> None:
    if registered.cron:
        await registered.handler()
    else:
        await registered.handler(msgspec.json.decode(payload or b"null", type=registered.payload))
