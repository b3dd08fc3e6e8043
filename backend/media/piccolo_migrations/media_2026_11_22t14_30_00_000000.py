"""Pieces of one upload, each byte once; and what the sweeper looks for."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T14:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of uploads"

FORWARDS = (
    "CREATE UNIQUE INDEX media_upload_part_place ON media_upload_part (upload, first_byte)",
    "CREATE INDEX media_upload_expires ON media_upload (expires_at)",
)

BACKWARDS = (
    "DROP INDEX media_upload_expires",
    "DROP INDEX media_upload_part_place",
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
