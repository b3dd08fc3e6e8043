"""Also run alone by `make migrations-check`."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.new import AutoMigrationManager

from backend.core import database, migrations
from backend.core.migrations import MigrationFailed
from backend.piccolo_conf import APP_REGISTRY

ROOMS = BaseMigrationManager().get_sorted_app_names()


@asynccontextmanager
async def database_like(template, dsn):
    """A copy of another database of the server, which nobody may be connected to meanwhile."""
    name = f"scratch_{uuid4().hex[:8]}"
    server = await asyncpg.connect(dsn)
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield urlsplit(dsn)._replace(path=f"/{name}").geturl()
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


@pytest.fixture
async def empty(postgres):
    async with database_like("template0", postgres) as dsn:
        yield dsn


@pytest.fixture(scope="module")
async def grown(postgres):
    """Migrated once; nobody stays connected to it."""
    async with database_like("template0", postgres) as dsn:
        await migrations.forwards(dsn)
        yield dsn


@pytest.fixture
async def up_to_date(postgres, grown):
    """A database with every migration run, of a test's own: copied, which costs a fiftieth of running them."""
    async with database_like(urlsplit(grown).path.strip("/"), postgres) as dsn:
        yield dsn


async def _rows(dsn, sql):
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


LEFT = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm') ORDER BY 1"
)
FUNCTIONS = (
    "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS "
    "(SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1"
)
RAN = "SELECT app_name, name FROM migration ORDER BY 1, 2"


async def test_from_nothing_to_now_back_to_nothing_and_to_the_same_again(empty):
    await migrations.forwards(empty)
    before = await _rows(empty, LEFT)
    assert len(before) > len(ROOMS)

    for room in reversed(ROOMS):
        await migrations.backwards(empty, room)

    assert await _rows(empty, LEFT) == [("migration",)]
    assert await _rows(empty, FUNCTIONS) == []
    assert await _rows(empty, RAN) == []

    await migrations.forwards(empty)
    assert await _rows(empty, LEFT) == before


async def test_running_them_again_changes_nothing(up_to_date):
    first = await _rows(up_to_date, "SELECT app_name, name, ran_on FROM migration ORDER BY 1, 2")
    await migrations.forwards(up_to_date)

    assert await _rows(up_to_date, "SELECT app_name, name, ran_on FROM migration ORDER BY 1, 2") == first


_START = "import asyncio, sys; from backend.core import migrations; asyncio.run(migrations.forwards(sys.argv[1]))"


async def test_three_nodes_that_start_at_once_all_succeed_and_run_each_migration_once(empty):
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _START, empty, stdout=-3, stderr=-1, env={**os.environ}
        )
        for _ in range(3)
    ]
    told = await asyncio.gather(*(node.communicate() for node in started))

    assert [node.returncode for node in started] == [0, 0, 0], told
    ran = await _rows(empty, RAN)
    assert ran == sorted(set(ran))
    assert len(ran) == len(migrations._known())


@pytest.mark.parametrize("room", ROOMS)
async def test_the_tables_of_a_room_say_what_its_migrations_made(room):
    config = APP_REGISTRY.get_app_config(room)
    drift = [
        change
        for each in await AutoMigrationManager(auto_input="y").get_alter_statements(config)
        for change in each.statements
    ]

    assert drift == []


async def test_a_room_that_lost_a_column_is_found_to_have_drifted(monkeypatch):
    config = APP_REGISTRY.get_app_config("visits")
    table = config.table_classes[0]
    monkeypatch.setattr(table._meta, "non_default_columns", table._meta.non_default_columns[:-1])
    drift = [
        change
        for each in await AutoMigrationManager(auto_input="y").get_alter_statements(config)
        for change in each.statements
    ]

    assert len(drift) == 1


async def test_every_migration_of_a_room_comes_after_those_it_stands_on():
    order = [room for room, _ in migrations._known()]

    assert order == sorted(order, key=ROOMS.index)
    assert ROOMS.index("core") < ROOMS.index("territory") < ROOMS.index("people") < ROOMS.index("visits")


async def test_a_database_that_is_behind_says_by_which_migrations(up_to_date, pool):
    await migrations.backwards(up_to_date, "openrosa")
    before = database.engine.config, database.engine.pool
    database.engine.pool = None
    try:
        await database.connect(up_to_date, pool_size=1, acquire_timeout_s=1)
        behind = await migrations.pending()
        await database.disconnect()
    finally:
        database.engine.config, database.engine.pool = before

    assert behind
    assert {name.split()[0] for name in behind} == {"openrosa"}
    assert await migrations.pending() == []


async def test_a_migration_that_fails_says_so_and_leaves_nothing_of_itself(empty):
    connection = await asyncpg.connect(empty)
    await connection.execute("CREATE TABLE territory_division (in_the_way int)")
    await connection.close()

    with pytest.raises(MigrationFailed, match="territory_division"):
        await migrations.forwards(empty)
    assert {room for room, _ in await _rows(empty, RAN)} == {"core"}


async def test_the_engine_and_the_import_path_are_left_as_they_were(up_to_date, pool):
    await migrations.backwards(up_to_date, "openrosa")
    before = database.engine.config, database.engine.pool, sys.path[:]
    await migrations.forwards(up_to_date)

    assert (database.engine.config, database.engine.pool, sys.path) == before
