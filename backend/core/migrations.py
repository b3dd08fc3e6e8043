"""Bringing the database up to date. An advisory lock lets several nodes start at once: one works, the others wait.

Piccolo itself writes the note that a migration ran after that migration's own transaction; here both are one, so a
process killed between them leaves nothing half done. The lock belongs to a session, so this needs a direct connection,
not one through pgbouncer in transaction mode.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stdout
from functools import cache
from io import StringIO

import asyncpg
import structlog
from piccolo.apps.migrations.commands.base import BaseMigrationManager, MigrationResult
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import MigrationModule

from backend.core.database import engine

log = structlog.get_logger()

_LOCK = 0x6C69616E78696E  # "lianxin"


class MigrationFailed(RuntimeError):
    """A migration did not go through; its message says which."""


async def forwards(dsn: str) -> None:
    """Run every migration that has not run, each in one transaction with the note of it. Raises MigrationFailed."""
    async with _alone(dsn), _told() as printed:
        await BaseMigrationManager().create_migration_table()
        for app_name, migration_id in await _to_run():
            async with engine.transaction():
                _check(await run_forwards(app_name=app_name, migration_id=migration_id), printed)
    log.info("database is up to date")


async def backwards(dsn: str, app_name: str) -> None:
    """Undo one room's migrations, for the check that they can be undone. Raises MigrationFailed.

    Not Piccolo's own command: that forgets every room's migration of the same id with it.
    """
    async with _alone(dsn), _told(), engine.transaction():
        ran = (
            Migration.select(Migration.name)
            .where(Migration.app_name == app_name)
            .order_by(Migration.name, ascending=False)
        )
        for row in await ran:
            manager = await _known()[app_name, row["name"]].forwards()
            await manager.run(backwards=True)
            await Migration.delete().where((Migration.app_name == app_name) & (Migration.name == row["name"]))


async def pending() -> list[str]:
    """The migrations that this code knows and the connected database has not run, as `room id`."""
    return [f"{app_name} {migration_id}" for app_name, migration_id in await _to_run()]


async def _to_run() -> list[tuple[str, str]]:
    rows = await Migration.select(Migration.app_name, Migration.name)
    ran = {(row["app_name"], row["name"]) for row in rows}
    return [known for known in _known() if known not in ran]


@cache
def _known() -> dict[tuple[str, str], MigrationModule]:
    """Every migration by (room, id), rooms in the order of their dependencies."""
    finder = BaseMigrationManager()
    found: dict[tuple[str, str], MigrationModule] = {}
    with _path_kept():
        for name in finder.get_sorted_app_names():
            modules = finder.get_migration_modules(finder.get_app_config(name).resolved_migrations_folder_path)
            found |= {(name, migration_id): modules[migration_id] for migration_id in sorted(modules)}
    return found


@contextmanager
def _path_kept() -> Iterator[None]:
    """Piccolo puts each migrations folder in front of `sys.path` and leaves it there."""
    before = sys.path[:]
    try:
        yield
    finally:
        sys.path[:] = before


@asynccontextmanager
async def _alone(dsn: str) -> AsyncIterator[None]:
    """Hold the lock, with Piccolo's one global engine pointed at this database for as long."""
    lock = await asyncpg.connect(dsn)
    before = None
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _LOCK)
        before = engine.config, engine.pool
        engine.config, engine.pool = {"dsn": dsn}, None
        yield
    finally:
        if before is not None:
            engine.config, engine.pool = before
        await lock.close()


@asynccontextmanager
async def _told() -> AsyncIterator[StringIO]:
    """What Piccolo prints, kept to tell where it stopped."""
    printed = StringIO()
    try:
        with redirect_stdout(printed), _path_kept():
            yield printed
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise MigrationFailed(f"{_last_line(printed)}: {error}") from error


def _check(result: MigrationResult, printed: StringIO) -> None:
    if not result.success:
        raise MigrationFailed(result.message or _last_line(printed))


def _last_line(printed: StringIO) -> str:
    lines = [line.strip() for line in printed.getvalue().splitlines() if line.strip()]
    return lines[-1] if lines else "The migrations stopped"
