"""An index of what is published and not ended, by when it is over: a phone asks for what is in force, and what is over
is most of the table.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:53:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what is in force"

FORWARDS = (
    "CREATE INDEX alerts_alert_in_force ON alerts_alert (expires_at) "
    "WHERE state = 'published' AND type <> 'Cancel' AND ended_by IS NULL"
)
BACKWARDS = "DROP INDEX alerts_alert_in_force"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="alerts", description=DESCRIPTION)

    async def run():
        await engine.run_ddl(FORWARDS)

    async def undo():
        await engine.run_ddl(BACKWARDS)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
