"""The database: one engine, a pool that does not wait for ever, and `@transaction` for verbs.

The engine learns its address late (`connect`), because `lianxin serve` may have to start PostgreSQL first.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from backend.core.refusals import Refusal

P = ParamSpec("P")
R = TypeVar("R")


class DatabaseBusy(Refusal):
    """Every connection was in use for longer than the pool's limit; try again after the seconds told."""

    status, code, title = 503, "core/database-busy", "The database is busy"
    retry_after_s = 2


class DatabaseDown(Refusal):
    """The database cannot be reached; what was not confirmed did not happen."""

    status, code, title = 503, "core/database-down", "The database cannot be reached"
    retry_after_s = 5


class Engine(PostgresEngine):
    """Piccolo's engine over a pool whose `acquire` gives up; a bare pool waits without limit."""

    async def check_version(self) -> None:
        """Nothing to ask while a module is being imported; `lianxin doctor` and `connect` look at the server."""

    async def start_connection_pool(self, **kwargs: Any) -> None:
        """Open the pool; keywords are asyncpg's, plus `acquire_timeout_s`."""
        acquire_timeout_s = kwargs.pop("acquire_timeout_s", 5.0)
        pool = BoundedPool(acquire_timeout_s, **{**self.config, **kwargs})
        await pool
        self.pool = pool

    def transaction(self, allow_nested: bool = True) -> "Transaction":
        """A transaction that gives its connection back however it ends."""
        return Transaction(engine=self, allow_nested=allow_nested)


class Transaction(PostgresTransaction):
    """Piccolo's own keeps its connection for ever when BEGIN, COMMIT or ROLLBACK fails: a killed backend is enough."""

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.connection = await self.get_connection()
        try:
            self.transaction = self.connection.transaction()
            await self.begin()
        except BaseException:
            await self._give_back()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: BaseException | None, traceback: Any) -> Literal[False]:
        if self._parent is not None:
            return False
        try:
            await self._end(exception)
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return False

    async def _end(self, exception: BaseException | None) -> None:
        if self._rolled_back or self._committed:
            return
        if exception is None:
            await self.commit()
        elif not _is_gone(self.connection):  # one that is gone has rolled back already
            await self.rollback()

    async def _give_back(self) -> None:
        if self.engine.pool is not None:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


def _is_gone(connection: asyncpg.Connection) -> bool:
    """A pool takes a connection back by itself when its server process dies; even to ask is an error then."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


class BoundedPool(asyncpg.Pool):
    """asyncpg's pool with a time-out that applies to every acquire."""

    def __init__(self, acquire_timeout_s: float, **kwargs: Any) -> None:
        dsn = kwargs.pop("dsn", None)
        super().__init__(dsn, **{**_POOL_DEFAULTS, **kwargs})
        self._acquire_timeout_s = acquire_timeout_s

    async def _acquire(self, timeout: float | None) -> Any:  # noqa: ASYNC109 - asyncpg's own signature
        try:
            return await super()._acquire(timeout or self._acquire_timeout_s)
        except TimeoutError as error:
            raise DatabaseBusy(
                "No connection became free within {waited_s} s; send the same again shortly.",
                waited_s=self._acquire_timeout_s,
            ) from error
        except _UNREACHABLE as error:
            raise DatabaseDown() from error


_UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


async def _as_it_is(_: asyncpg.Connection) -> None:
    """What happens to a connection on its way back to the pool, after asyncpg has ended any transaction: nothing.

    asyncpg would send RESET ALL and the like: a round trip more for every query. Nobody here changes a session: no SET
    (SET LOCAL is fine), no LISTEN and no session's advisory lock on a connection of the pool.
    """


_POOL_DEFAULTS: dict[str, Any] = {
    "reset": _as_it_is,
    "min_size": 1,
    "max_size": 10,
    "max_queries": 50_000,
    "max_inactive_connection_lifetime": 300.0,
    "connection_class": asyncpg.Connection,
    "record_class": asyncpg.Record,
    "setup": None,
    "init": None,
    "loop": None,
}

_CLOSE_WITHIN_S = 10.0

engine = Engine(config={}, extensions=())


async def connect(dsn: str, *, pool_size: int, acquire_timeout_s: float) -> None:
    """Point the engine at a database and open its pool."""
    engine.config = {"dsn": dsn}
    await engine.start_connection_pool(max_size=pool_size, acquire_timeout_s=acquire_timeout_s)


async def disconnect() -> None:
    """Close the pool; queries under way have ten seconds to finish."""
    pool, engine.pool = engine.pool, None
    if pool is None:
        return
    try:
        await asyncio.wait_for(pool.close(), _CLOSE_WITHIN_S)
    except TimeoutError:
        pool.terminate()


def transaction(verb: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run a verb in one transaction: all of it is on disk when the verb returns, or none of it.

    A verb called by another verb joins the caller's transaction. It must not swallow a failure of an inner verb:
    use `savepoint()` for that (Piccolo flattens nested transactions).
    """

    @wraps(verb)
    async def in_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        async with engine.transaction():
            return await verb(*args, **kwargs)

    return in_transaction


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """Inside a transaction: what fails in here is undone alone, and the failure goes on to the caller."""
    current = engine.current_transaction.get()
    if current is None:
        raise RuntimeError("savepoint() needs a @transaction around it")
    point = await current.savepoint()
    try:
        yield
    except BaseException:
        await point.rollback_to()
        raise
    await point.release()


@asynccontextmanager
async def connection() -> AsyncIterator[asyncpg.Connection]:
    """The transaction's connection, or one of the pool's, for queries that go below Piccolo (in queries.py only)."""
    current = engine.current_transaction.get()
    if current is not None:
        yield current.connection
        return
    if engine.pool is None:
        raise RuntimeError("The database is not connected: call core.database.connect first")
    async with engine.pool.acquire() as acquired:
        yield acquired


async def fetch(sql: str, *values: Any) -> Sequence[asyncpg.Record]:
    """Rows of one statement with $1 parameters."""
    async with connection() as acquired:
        return await acquired.fetch(sql, *values)


async def fetch_row(sql: str, *values: Any) -> asyncpg.Record | None:
    """The first row of one statement with $1 parameters, or None."""
    async with connection() as acquired:
        return await acquired.fetchrow(sql, *values)
