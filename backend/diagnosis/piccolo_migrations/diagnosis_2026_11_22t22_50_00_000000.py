"""What was asked about a crop lately, for the neighbours that an expert is shown."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T22:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a crop's newest requests"

FORWARDS = "CREATE INDEX diagnosis_request_crop ON diagnosis_request (crop, asked_at DESC)"
BACKWARDS = "DROP INDEX diagnosis_request_crop"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="diagnosis", description=DESCRIPTION)

    async def run():
        await engine.run_ddl(FORWARDS)

    async def undo():
        await engine.run_ddl(BACKWARDS)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
