"""The job queue's tables, as pgqueuer itself lays them out, and the extensions rooms need."""

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the job queue and extensions"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core", description=DESCRIPTION)

    async def install():
        await engine.run_ddl("CREATE EXTENSION IF NOT EXISTS btree_gist")
        await _script(QueryBuilderEnvironment().build_install_query())

    async def uninstall():
        await _script(QueryBuilderEnvironment().build_uninstall_query())

    manager.add_raw(install)
    manager.add_raw_backwards(uninstall)
    return manager


async def _script(statements: str) -> None:
    transaction = engine.current_transaction.get()
    await transaction.connection.execute(statements)
