"""Work done later: pgqueuer's queue in the same database, so a job is there exactly when its transaction is.

A room registers a handler with `@job("room/what-it-does")`, or `@schedule("room/what-it-does", "17 3 * * *")` for what
recurs, and a verb calls `enqueue`. Registration happens by import: the app and the command line import the rooms.
A job may run more than once (a worker may die after the work and before the note of it), so handlers repeat harmlessly.
One that fails is tried again, later each time; one that keeps failing is held until somebody looks (`held_jobs`).
Heavy work has a lane of its own (`lane="photos"`): what piles up there keeps no other job waiting.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

import asyncpg
import msgspec
import structlog
from croniter import croniter
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, ScheduleExecutor
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import Schedule as DueSchedule
from pgqueuer.domain.models import utc_now
from pgqueuer.domain.types import JobId
from pgqueuer.queries import Queries

from backend.core import clock, database, logs

log = structlog.get_logger()

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[None]])

MAIN = "main"

_AT_ONCE = 8  # jobs of the main lane in one worker; below the pool's size, which a server shares with its worker
_RECONNECT_AFTER_S = 2.0
_LOOK_AGAIN_AFTER = timedelta(seconds=10)  # new jobs announce themselves, released ones do not


class Registered(msgspec.Struct, frozen=True):
    """One kind of job. It is tried `1 + retries` times: after `first_delay`, then four times longer each time."""

    entrypoint: str
    handler: Callable[..., Awaitable[None]]
    payload: Any
    retries: int
    first_delay: timedelta
    cron: str | None = None
    lane: str = MAIN
    at_once: Callable[[], int] = lambda: _AT_ONCE


class HeldJob(msgspec.Struct, frozen=True):
    """A job that failed too often. `reason` names the kind of error and its place in the code, never its data."""

    id: int
    entrypoint: str
    attempts: int
    held_at: datetime
    reason: str | None


class JobFailed(Exception):
    """What the queue may write down about a failure: the error's own text could hold somebody's name."""


_registered: dict[str, Registered] = {}


def job(
    entrypoint: str,
    *,
    retries: int = 6,
    first_delay: timedelta = timedelta(seconds=5),
    lane: str = MAIN,
    at_once: Callable[[], int] = lambda: _AT_ONCE,
) -> Callable[[Handler], Handler]:
    """Register a handler of one argument, whose annotation says what the payload is decoded into.

    With the defaults the last try comes about 35 minutes after the first (5 s, 20 s, 80 s, then at most 15 min apart).

    lane     jobs of one lane wait for each other only, the higher priority first
    at_once  how many jobs of its lane a worker takes at once (at least 2); asked when the worker starts
    """

    def register(handler: Handler) -> Handler:
        payload = _payload_type(handler)
        _register(Registered(entrypoint, handler, payload, retries, first_delay, None, lane, at_once))
        return handler

    return register


def schedule(
    entrypoint: str, cron: str, *, retries: int = 6, first_delay: timedelta = timedelta(seconds=5)
) -> Callable[[Handler], Handler]:
    """Register a handler without arguments, run when the cron expression says so on a wall clock in Shandong.

    Several workers fire it once. A firing is a job like any other: retried, held; none is added while one still waits.
    """
    if not croniter.is_valid(cron):
        raise ValueError(f"Not a cron expression: {cron}")

    def register(handler: Handler) -> Handler:
        _register(Registered(entrypoint, handler, None, retries, first_delay, cron))
        return handler

    return register


def _register(registered: Registered) -> None:
    if registered.entrypoint in _registered:
        raise RuntimeError(f"Two jobs are called {registered.entrypoint}")
    _registered[registered.entrypoint] = registered


def _payload_type(handler: Callable[..., Any]) -> Any:
    (parameter,) = inspect.signature(handler, eval_str=True).parameters.values()
    return Any if parameter.annotation is parameter.empty else parameter.annotation


async def enqueue(
    entrypoint: str,
    payload: Any = None,
    *,
    after: timedelta | None = None,
    dedupe: str | None = None,
    priority: int = 0,
) -> int | None:
    """Add a job to the running transaction, or on its own where there is none; the number the queue gave it.

    after     not before this span has passed
    dedupe    while a job with the same key waits or runs nothing is added and None returned
    priority  higher goes first
    """
    if entrypoint not in _registered:
        raise LookupError(f"No job is called {entrypoint}: is its room imported?")
    async with database.connection() as connection:
        (job_id,) = await Queries(AsyncpgDriver(connection)).enqueue(
            entrypoint, msgspec.json.encode(payload), priority, after, dedupe, on_conflict="skip"
        )
    return job_id


async def enqueue_many(entrypoint: str, payloads: Sequence[Any]) -> None:
    """Add a job for each payload, in one statement, to the running transaction."""
    if entrypoint not in _registered:
        raise LookupError(f"No job is called {entrypoint}: is its room imported?")
    if not payloads:
        return
    encoded: list[bytes | None] = [msgspec.json.encode(payload) for payload in payloads]
    async with database.connection() as connection:
        await Queries(AsyncpgDriver(connection)).enqueue([entrypoint] * len(encoded), encoded, [0] * len(encoded))


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


async def worker(stop: asyncio.Event) -> None:
    """Run jobs and schedules until `stop` is set, then let the running ones finish. Needs `database.connect` first.

    It keeps one connection of its own per lane and finds its way back when the database was away. A running job may
    hold up the stop for as long as it takes: a process killed meanwhile loses nothing, its jobs are taken up again
    after 30 s.
    """
    lanes = {each.lane for each in _registered.values()} | {MAIN}
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
    registered = [each for each in _registered.values() if each.lane == lane]
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


@schedule("core/forget-finished-jobs", "23 3 * * *")
async def forget_finished_jobs() -> None:
    """The queue's own log keeps every step of every job: 30 days are enough."""
    async with database.connection() as connection:
        await connection.execute("DELETE FROM pgqueuer_log WHERE aggregated AND created < now() - interval '30 days'")
