"""The codes of one station, listed to those who keep it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:13:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "codes by station"

FORWARDS = ("CREATE INDEX people_station_code_unit ON people_station_code (unit, made_at)",)

BACKWARDS = ("DROP INDEX people_station_code_unit",)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="people", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
