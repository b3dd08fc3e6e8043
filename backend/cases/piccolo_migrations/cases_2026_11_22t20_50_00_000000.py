"""What a unit answers for and is still open: a hotline answers for nearly everything that was ever closed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T20:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an index on open cases by owner unit"

FORWARDS = ("CREATE INDEX cases_case_open_owner ON cases_case (owner_unit) WHERE closed_at IS NULL",)

BACKWARDS = ("DROP INDEX cases_case_open_owner",)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
