"""The former table of steps goes: a need is a case now."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-22T21:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "no table of steps"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="visits", description=DESCRIPTION)
    manager.drop_table(class_name="NeedEvent", tablename="visits_need_event", schema=None)
    return manager
