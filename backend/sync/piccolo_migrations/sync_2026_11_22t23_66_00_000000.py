"""A ban of a pesticide concerns every phone: a cadre is asked "may I spray this?" where there is no line."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine
from backend.sync.piccolo_migrations.sync_2026_11_22t23_51_00_000000 import EVENTS, EVERYBODY, FUNCTION

ID = "2026-11-22T23:66:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "bans of pesticides wake every phone"

TABLE = "diagnosis_pesticide_ban"
AUDIENCES = f"SELECT {EVERYBODY}, 'bans'"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)

    async def run():
        await engine.run_ddl(FUNCTION.format(table=TABLE, audiences=AUDIENCES))
        for event, when in EVENTS.items():
            await engine.run_ddl(
                f"CREATE TRIGGER sync_note_{event} {when.format(table=TABLE)} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION sync_note_{TABLE}()"
            )

    async def undo():
        await engine.run_ddl(f"DROP FUNCTION sync_note_{TABLE}() CASCADE")

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
