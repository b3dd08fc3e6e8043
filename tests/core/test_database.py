import asyncio
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest
from litestar import get

from backend.core import database
from backend.core.database import BoundedPool, DatabaseBusy, DatabaseDown, engine, savepoint, transaction


@asynccontextmanager
async def _small_pool(dsn, **options):
    """The engine over a pool of two connections, the session's own pool back afterwards."""
    before = engine.pool
    small = BoundedPool(options.pop("acquire_timeout_s", 0.2), dsn=dsn, max_size=2, **options)
    await small
    engine.pool = small
    try:
        yield small
    finally:
        engine.pool = before
        small.terminate()


@pytest.fixture
async def note(pool):
    """A scratch table: `await note("a")` writes one row, `await note.all()` reads them."""
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE scratch_note (text text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    yield _Notes()
    async with database.connection() as connection:
        await connection.execute("DROP TABLE scratch_note")


class _Notes:
    async def __call__(self, text):
        await database.fetch("INSERT INTO scratch_note VALUES ($1)", text)

    async def all(self):
        return [row["text"] for row in await database.fetch("SELECT text FROM scratch_note ORDER BY text")]


async def test_a_verb_that_returns_is_kept_whole(note):
    @transaction
    async def write_two():
        await note("a")
        await note("b")
        return 7

    assert await write_two() == 7
    assert await note.all() == ["a", "b"]


async def test_a_verb_that_raises_leaves_nothing(note):
    @transaction
    async def write_then_fail():
        await note("a")
        raise LookupError

    with pytest.raises(LookupError):
        await write_then_fail()
    assert await note.all() == []


async def test_a_verb_called_by_a_verb_shares_its_fate(note):
    @transaction
    async def inner():
        await note("inner")

    @transaction
    async def outer():
        await inner()
        raise LookupError

    with pytest.raises(LookupError):
        await outer()
    assert await note.all() == []


async def test_what_fails_inside_a_savepoint_is_undone_alone(note):
    @transaction
    async def outer():
        await note("before")
        with suppress(LookupError):
            async with savepoint():
                await note("inside")
                raise LookupError
        await note("after")

    await outer()
    assert await note.all() == ["after", "before"]


async def test_a_refused_statement_inside_a_savepoint_does_not_spoil_the_rest(note):
    @transaction
    async def outer():
        with suppress(asyncpg.PostgresError):
            async with savepoint():
                await database.fetch("SELECT 1/0")
        await note("after")

    await outer()
    assert await note.all() == ["after"]


async def test_what_succeeds_inside_a_savepoint_is_kept(note):
    @transaction
    async def outer():
        async with savepoint():
            await note("inside")

    await outer()
    assert await note.all() == ["inside"]


async def test_a_savepoint_outside_a_transaction_is_a_mistake_in_the_code(pool):
    with pytest.raises(RuntimeError, match="needs a @transaction"):
        async with savepoint():
            pass


async def test_when_every_connection_is_in_use_the_next_caller_is_told_to_come_back(migrated, pool):
    async with _small_pool(migrated) as small, small.acquire(), small.acquire():
        with pytest.raises(DatabaseBusy) as refusal:
            await database.fetch("SELECT 1")

    assert (refusal.value.status, refusal.value.retry_after_s) == (503, 2)


async def test_a_busy_database_answers_503_with_retry_after(migrated, pool, client_of):
    @get("/rows")
    async def read_rows() -> None:
        await database.fetch("SELECT 1")

    async with _small_pool(migrated) as small, small.acquire(), small.acquire():
        answer = await client_of(read_rows).get("/rows")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["code"] == "core/database-busy"


async def _kill_my_backend():
    process = (await database.fetch_row("SELECT pg_backend_pid() AS pid"))["pid"]
    other = await asyncpg.connect(engine.config["dsn"])
    await other.execute("SELECT pg_terminate_backend($1)", process)
    await other.close()
    await asyncio.sleep(0.05)


async def test_backends_killed_in_the_middle_of_verbs_cost_the_pool_no_connection(migrated, pool, note):
    @transaction
    async def interrupted():
        await note("lost")
        await _kill_my_backend()
        await note("lost too")

    async with _small_pool(migrated):
        for _ in range(5):
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                await interrupted()
        await note("kept")
        assert await note.all() == ["kept"]


async def test_a_commit_that_the_database_refuses_raises_and_gives_the_connection_back(migrated, pool, note):
    @transaction
    async def write_twice():
        await note("same")
        await note("same")

    async with _small_pool(migrated):
        for _ in range(3):
            with pytest.raises(asyncpg.UniqueViolationError):
                await write_twice()
        assert engine.current_transaction.get() is None
        assert await note.all() == []


async def test_a_backend_killed_under_a_request_answers_503_not_500(migrated, pool, client_of):
    @get("/verb")
    @transaction
    async def killed() -> None:
        await _kill_my_backend()
        await database.fetch("SELECT 1")

    async with _small_pool(migrated):
        answer = await client_of(killed).get("/verb")

    assert (answer.status_code, answer.json()["code"]) == (503, "core/database-down")
    assert answer.headers["retry-after"] == "5"


async def test_a_database_that_is_not_there_is_a_refusal_too(migrated, pool, monkeypatch):
    async with _small_pool(migrated) as small:
        await small.expire_connections()
        monkeypatch.setattr(small, "_connect_args", ["postgresql://app@/postgres?host=/nowhere"])
        with pytest.raises(DatabaseDown):
            await database.fetch("SELECT 1")


async def test_without_a_pool_the_code_is_told_to_connect_first(pool):
    before, engine.pool = engine.pool, None
    try:
        with pytest.raises(RuntimeError, match="connect first"):
            await database.fetch("SELECT 1")
    finally:
        engine.pool = before


async def test_connecting_to_nothing_leaves_no_half_open_pool(migrated, pool):
    before = engine.config, engine.pool
    engine.pool = None
    try:
        with pytest.raises(OSError):
            await database.connect("postgresql://app@/postgres?host=/nowhere", pool_size=1, acquire_timeout_s=1)
        assert engine.pool is None
    finally:
        engine.config, engine.pool = before
