"""What every test stands on: a real PostgreSQL, migrated once, and emptied between tests."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Generic, TypeVar

import asyncpg
import hypothesis
import pytest

REFERENCE = (
    "migration",
    *("visits_topic", "visits_flag_policy", "cases_category", "deadlines_policy", "deadlines_ladder"),
    *("deadlines_calendar", "deadlines_calendar_year", "deadlines_calendar_day"),
    *("diagnosis_crop", "diagnosis_condition", "diagnosis_pesticide_ban", "diagnosis_answer_template"),
    *("kits_version", "kits_file", "kits_form"),
)
"""What a migrated house holds before anybody comes; a test leaves it be."""

SETTINGS = {"fsync": "off", "synchronous_commit": "off", "autovacuum": "off"}
"""Autovacuum comes by when it likes and notes how many rows tables have: in tests, none. Plans that were made for none
took 135 s for what takes four."""
SWOLLEN_BYTES = 1_000_000
"""A table that holds more than this, most of it rows that are gone, is swept by `emptied`."""

_DATA = Path(tempfile.mkdtemp(prefix="lianxin-tests-"))
_DATA.chmod(0o711)  # PostgreSQL never runs as root: its own account must be able to pass through
os.environ["LIANXIN_DATA"] = str(_DATA)

hypothesis.settings.register_profile("by content", deadline=None)  # no test fails by a clock: machines are busy
hypothesis.settings.load_profile("by content")

from backend.cases import reference as cases_reference  # noqa: E402
from backend.core import database, migrations  # noqa: E402
from backend.core.postgres import EmbeddedPostgres  # noqa: E402
from backend.deadlines import reference as deadlines_reference  # noqa: E402
from backend.diagnosis import reference as diagnosis_reference  # noqa: E402
from backend.hotline import firm_policies as hotline_policies  # noqa: E402
from backend.laboratory import retest_policies as laboratory_policies  # noqa: E402
from backend.people import proofs  # noqa: E402
from backend.people.actors import Actor  # noqa: E402
from backend.people.sessions import access_token_for  # noqa: E402
from backend.visits.reference import load_reference  # noqa: E402
from tests.cast import Cast, make_cast  # noqa: E402
from tests.house import seed_into  # noqa: E402

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(name, fill)`: a folder that all processes of this run share; the first to ask fills it, the others wait."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder = shared / name
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=shared))
                unfinished.chmod(0o711)
                fill(unfinished)
                unfinished.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def seeded(once: Once) -> Path:
    """The data of a house that the demo county was put into: `house.move_in(seeded)`."""
    return once("seeded", seed_into)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of this session's own (or TEST_DATABASE_URL)."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    server = EmbeddedPostgres(_DATA / "postgres", settings=SETTINGS)
    yield server.start()
    server.stop()
    shutil.rmtree(_DATA, ignore_errors=True)


@pytest.fixture(scope="session")
async def migrated(postgres: str) -> str:
    """The same address, with every migration run."""
    await migrations.forwards(postgres)
    return postgres


@pytest.fixture(scope="session")
async def pool(migrated: str) -> AsyncIterator[None]:
    """The engine's pool, open for the session."""
    await database.connect(migrated, pool_size=10, acquire_timeout_s=5)
    await load_reference()
    await cases_reference.load_reference()
    await deadlines_reference.load_reference()
    await diagnosis_reference.load_reference()
    await laboratory_policies.load_reference()
    await hotline_policies.load_reference()
    _questions[migrated] = Question(migrated)
    yield
    await _questions.pop(migrated).close()
    await database.disconnect()


@pytest.fixture(scope="session")
async def published(pool: None) -> None:
    """The kits of field_kits/, as a migrated house has them: a second of work, and only some tests need it."""
    from backend.kits.folders_publishing import publish_folders
    from backend.openrosa import kit_verbs  # noqa: F401 - what a kit's forms may become

    assert await publish_folders() == []


@pytest.fixture
async def db(pool: None) -> AsyncIterator[None]:
    """An empty database: every row a test made is gone after it."""
    async with emptied():
        yield


@asynccontextmanager
async def emptied() -> AsyncIterator[None]:
    """Every row made within is gone afterwards. A server on this database is stopped before that."""
    yield
    async with database.connection() as connection:
        async with connection.transaction():
            tables = await _with_rows()
            unseen = "SET LOCAL session_replication_role = replica"  # no foreign key looks or refuses
            await connection.execute("; ".join([unseen, *(f"DELETE FROM {table}" for table in tables)]))
        for table in [each for each, size_bytes in tables.items() if size_bytes > SWOLLEN_BYTES]:
            await connection.execute(f"VACUUM {table}")


async def _with_rows() -> dict[str, int]:
    """Tables that hold anything, with their bytes: emptying these few is a tenth of the work of truncating all."""
    asked = " UNION ALL ".join(
        f"(SELECT '{table}' AS name, pg_relation_size('{table}') AS size_bytes FROM {table} LIMIT 1)"
        for table in await _tables()
    )
    dsn = str(database.engine.config["dsn"])
    rows = await _questions[dsn].fetch(asked) if dsn in _questions else await database.fetch(asked)
    return {row["name"]: row["size_bytes"] for row in rows}


class Question:
    """What is asked after every test, over a connection that keeps its plan: to make it takes twenty times the answer.

    Connections of the pool forget theirs (`session_replication_role`), and asyncpg keeps none of that length.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None
        self._plans: dict[str, asyncpg.prepared_stmt.PreparedStatement] = {}

    async def fetch(self, asked: str) -> list[asyncpg.Record]:
        """The answer."""
        if self._connection is None or self._connection.is_closed():  # some tests end whatever is connected
            self._connection, self._plans = await asyncpg.connect(self._dsn), {}
        if asked not in self._plans:
            self._plans = {asked: await self._connection.prepare(asked)}
        return await self._plans[asked].fetch()

    async def close(self) -> None:
        """Nothing is asked any more."""
        if self._connection is not None:
            await self._connection.close()


_questions: dict[str, Question] = {}
"""By address: the session's own database. Others come and go, and must not be held open."""


async def _tables() -> list[str]:
    rows = await database.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY($1)",
        list(REFERENCE),
    )
    return [row["name"] for row in rows]


@pytest.fixture
def as_() -> Callable[[Actor], Awaitable[dict[str, str]]]:
    """Headers of somebody signed in: `await as_(cast.cadre)`."""

    async def headers(actor: Actor) -> dict[str, str]:
        token = await access_token_for(person_id=actor.person_id, valid_for=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
async def cast(db: None, played: "Played") -> Cast:
    """The people and households that every room's tests know."""
    return await played.again()


@pytest.fixture(scope="session")
def played() -> "Played":
    """The cast is made through the verbs once; from then on its rows are put back as they were."""
    return Played()


Made = TypeVar("Made")


class Kept(Generic[Made]):
    """What is made through the verbs once in a session, and its rows: from then on they are put back as they were."""

    def __init__(self, make: Callable[[], Awaitable[Made]]) -> None:
        self._make = make
        self._made: list[Made] = []
        self._rows: dict[str, bytes] = {}

    async def again(self) -> Made:
        """It, in tables that are empty."""
        if not self._made:
            self._made = [await self._make()]
            async with database.connection() as connection:
                self._rows = {table: await _rows_of(connection, table) for table in await _with_rows()}
            return self._made[0]
        async with database.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            for table, rows in self._rows.items():
                await connection.copy_to_table(table, source=BytesIO(rows), format="binary")
        return self._made[0]


class Played(Kept[Cast]):
    """The cast of this session."""

    def __init__(self) -> None:
        super().__init__(make_cast)

    async def again(self) -> Cast:
        """The cast, on the stage."""
        proofs._memo.clear()  # the same people with the same passwords: who proved himself in another test
        return await super().again()


async def _rows_of(connection: asyncpg.Connection, table: str) -> bytes:
    rows = BytesIO()
    await connection.copy_from_table(table, output=rows, format="binary")
    return rows.getvalue()
