"""What happened lately, and what came in by one door: for those who are told of it outside."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T20:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes for public lines by moment and cases by channel"

FORWARDS = (
    'CREATE INDEX cases_event_public ON cases_event (at) INCLUDE ("case", kind) WHERE public',
    "CREATE INDEX cases_case_channel ON cases_case (channel, received_at DESC, id DESC)",
)

BACKWARDS = ("DROP INDEX cases_case_channel", "DROP INDEX cases_event_public")


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
