"""Work done later: pgqueuer's queue in the same database, so a job is there exactly when its transaction is.

A room registers a handler with `@job("room/what-it-does")`, or `@schedule("room/what-it-does", "17 3 * * *")` for what
recurs, and a verb calls `enqueue`. Registration happens by import: the app and the command line import the rooms.
A job may run more than once (a worker may die after the work and before the note of it), so handlers repeat harmlessly.
Who runs them is `job_worker`; what waits, and what failed too often, `job_queue`.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from croniter import croniter
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from backend.core import database

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[None]])

MAIN = "main"

_AT_ONCE = 8  # jobs of the main lane in one worker; below the pool's size, which a server shares with its worker


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


registered: dict[str, Registered] = {}
"""By entrypoint."""


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


def _register(new: Registered) -> None:
    if new.entrypoint in registered:
        raise RuntimeError(f"Two jobs are called {new.entrypoint}")
    registered[new.entrypoint] = new


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
    if entrypoint not in registered:
        raise LookupError(f"No job is called {entrypoint}: is its room imported?")
    async with database.connection() as connection:
        (job_id,) = await Queries(AsyncpgDriver(connection)).enqueue(
            entrypoint, msgspec.json.encode(payload), priority, after, dedupe, on_conflict="skip"
        )
    return job_id


async def enqueue_many(entrypoint: str, payloads: Sequence[Any]) -> None:
    """Add a job for each payload, in one statement, to the running transaction."""
    if entrypoint not in registered:
        raise LookupError(f"No job is called {entrypoint}: is its room imported?")
    if not payloads:
        return
    encoded: list[bytes | None] = [msgspec.json.encode(payload) for payload in payloads]
    async with database.connection() as connection:
        await Queries(AsyncpgDriver(connection)).enqueue([entrypoint] * len(encoded), encoded, [0] * len(encoded))
