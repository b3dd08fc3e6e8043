"""What every test stands on: a real PostgreSQL, migrated once, and emptied between tests."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

_DATA = Path(tempfile.mkdtemp(prefix="lianxin-tests-"))
_DATA.chmod(0o711)  # PostgreSQL never runs as root: its own account must be able to pass through
os.environ["LIANXIN_DATA"] = str(_DATA)

from backend.cases import reference as cases_reference  # noqa: E402
from backend.core import database, migrations  # noqa: E402
from backend.core.postgres import EmbeddedPostgres  # noqa: E402
from backend.deadlines import reference as deadlines_reference  # noqa: E402
from backend.visits.reference import load_reference  # noqa: E402
from tests.cast import Cast, make_cast  # noqa: E402


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of this session's own (or TEST_DATABASE_URL)."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    server = EmbeddedPostgres(_DATA / "postgres", settings={"fsync": "off", "synchronous_commit": "off"})
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
    yield
    await database.disconnect()


@pytest.fixture
async def db(pool: None) -> AsyncIterator[None]:
    """An empty database: every row a test made is gone after it."""
    yield
    tables = await database.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename NOT IN ('migration', 'visits_topic', 'visits_flag_policy', 'cases_category', 'deadlines_policy', "
        "'deadlines_ladder', 'deadlines_calendar', 'deadlines_calendar_year', 'deadlines_calendar_day')"
    )
    async with database.connection() as connection:
        await connection.execute(f"TRUNCATE {', '.join(row['name'] for row in tables)} CASCADE")


@pytest.fixture
async def cast(db: None) -> Cast:
    """The people and households that every room's tests know."""
    return await make_cast()
