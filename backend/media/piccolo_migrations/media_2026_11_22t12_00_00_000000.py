"""Photos of one original and of one record."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE media_photo ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX media_photo_original ON media_photo (original)",
    "CREATE INDEX media_photo_claimed ON media_photo (claimed_kind, claimed_id)",
)

BACKWARDS = (
    "DROP INDEX media_photo_claimed",
    "DROP INDEX media_photo_original",
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
