"""Every call screen asks to whom its caller was handed over: without an index of calls that was a walk through all
transfers there ever were."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:47:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "transfers by call"

FORWARDS = ("CREATE INDEX hotline_transfer_call ON hotline_transfer (call) WHERE call IS NOT NULL",)
BACKWARDS = ("DROP INDEX hotline_transfer_call",)


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
