"""Photos that came under a credential and that no record has claimed: the room whose credential it is takes them up."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T22:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "by opener, while unclaimed"

FORWARDS = ("CREATE INDEX media_photo_opener ON media_photo (opener) WHERE opener IS NOT NULL AND claimed_id IS NULL",)

BACKWARDS = ("DROP INDEX media_photo_opener",)


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
