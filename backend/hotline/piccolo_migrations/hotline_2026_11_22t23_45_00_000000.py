"""Every board asks for the reader's own calls without a wrap-up, and most readers have none: without an index of
operators that was a walk through all calls of the desk's years."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "calls by operator"

FORWARDS = (
    "CREATE INDEX hotline_call_operator ON hotline_call (operator, began_at DESC, id DESC) WHERE operator IS NOT NULL",
)
BACKWARDS = ("DROP INDEX hotline_call_operator",)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="hotline", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
