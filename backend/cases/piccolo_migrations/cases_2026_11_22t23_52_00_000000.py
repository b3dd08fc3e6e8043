"""What somebody opened or was given, open ones beside those closed lately: a clerk opens thousands a year, and his phone
carries the few of this fortnight."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:52:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of one's own cases by their end"

FORWARDS = (
    "CREATE INDEX cases_case_opened_by_end ON cases_case (opened_by, closed_at) WHERE opened_by IS NOT NULL",
    "CREATE INDEX cases_case_assignee_end ON cases_case (assignee, closed_at) WHERE assignee IS NOT NULL",
)

BACKWARDS = ("DROP INDEX cases_case_assignee_end", "DROP INDEX cases_case_opened_by_end")


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
