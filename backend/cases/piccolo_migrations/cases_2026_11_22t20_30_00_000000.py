"""What was reopened lately, and what the yearly forgetting has still to do: neither grows with the years."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T20:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes for figures and for forgetting"

FORWARDS = (
    "CREATE INDEX cases_event_reopened ON cases_event (at) INCLUDE (\"case\") WHERE kind IN ('reopened', 'contested')",
    "DROP INDEX cases_case_closed",
    "CREATE INDEX cases_case_closed ON cases_case (closed_at) WHERE closed_at IS NOT NULL AND title <> ''",
)

BACKWARDS = (
    "DROP INDEX cases_case_closed",
    "CREATE INDEX cases_case_closed ON cases_case (closed_at) WHERE closed_at IS NOT NULL",
    "DROP INDEX cases_event_reopened",
)


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
