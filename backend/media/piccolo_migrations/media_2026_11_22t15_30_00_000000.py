"""Indexes of the pipeline: lists by time, what waits, what looks alike. Verdicts from before become reasons."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T15:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of the pipeline"

FORWARDS = (
    "UPDATE media_original SET looked_at = stored_at WHERE looked_at IS NULL",
    "UPDATE media_photo SET reasons = ARRAY['broken'] WHERE state = 'refused' AND cardinality(reasons) = 0",
    "CREATE INDEX media_photo_received ON media_photo (received_at, id)",
    "CREATE INDEX media_photo_place ON media_photo (division_code, received_at)",
    "CREATE INDEX media_photo_sender ON media_photo (uploaded_by, received_at)",
    "CREATE INDEX media_photo_household ON media_photo (household) WHERE household IS NOT NULL",
    "CREATE INDEX media_photo_waiting ON media_photo (received_at) WHERE state = 'waiting'",
    "CREATE INDEX media_original_stored ON media_original (stored_at)",
    "CREATE INDEX media_original_object ON media_original (object_path)",
    "CREATE INDEX media_original_alike ON media_original USING gin (hash_bands)",
    "CREATE UNIQUE INDEX media_near_duplicate_pair ON media_near_duplicate (original, other)",
    "CREATE INDEX media_near_duplicate_other ON media_near_duplicate (other)",
)

BACKWARDS = (
    "DROP INDEX media_near_duplicate_other",
    "DROP INDEX media_near_duplicate_pair",
    "DROP INDEX media_original_alike",
    "DROP INDEX media_original_object",
    "DROP INDEX media_original_stored",
    "DROP INDEX media_photo_waiting",
    "DROP INDEX media_photo_household",
    "DROP INDEX media_photo_sender",
    "DROP INDEX media_photo_place",
    "DROP INDEX media_photo_received",
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
