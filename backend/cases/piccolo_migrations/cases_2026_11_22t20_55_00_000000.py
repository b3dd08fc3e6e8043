"""What was answered lately, for figures."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T20:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an index on answered cases"

FORWARDS = ("CREATE INDEX cases_case_responded ON cases_case (responded_at) WHERE responded_at IS NOT NULL",)

BACKWARDS = ("DROP INDEX cases_case_responded",)


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
