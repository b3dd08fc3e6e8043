"""What Piccolo cannot say: the orders in which it is read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    "CREATE INDEX alerts_alert_newest ON alerts_alert (drafted_at DESC, id DESC)",
    "CREATE INDEX alerts_alert_published ON alerts_alert (sent_at DESC, id DESC) WHERE state = 'published'",
    "CREATE INDEX alerts_alert_refers_to ON alerts_alert (refers_to) WHERE refers_to IS NOT NULL",
    "CREATE INDEX alerts_alert_prefixes ON alerts_alert USING gin (prefixes)",
)

BACKWARDS = (
    *(
        f"DROP INDEX {statement.split(' INDEX ')[1].split()[0]}"
        for statement in reversed(FORWARDS)
        if " INDEX " in statement
    ),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="alerts", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
