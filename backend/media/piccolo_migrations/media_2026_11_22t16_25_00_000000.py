"""Photos of a unit that no record has claimed, for its people; and uploads that one opener has not finished."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "by unit, by opener"

FORWARDS = (
    "CREATE INDEX media_photo_unit ON media_photo (unit) WHERE unit IS NOT NULL AND claimed_id IS NULL",
    "CREATE INDEX media_upload_opener ON media_upload (opener) WHERE state = 'open'",
)

BACKWARDS = (
    "DROP INDEX media_upload_opener",
    "DROP INDEX media_photo_unit",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="media", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
