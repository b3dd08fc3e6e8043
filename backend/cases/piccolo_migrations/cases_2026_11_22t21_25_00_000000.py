"""Suggestions, meetings and briefings in lists: each walks its newest."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T21:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of the lists of suggestions, meetings and briefings"

FORWARDS = (
    "CREATE INDEX cases_case_suggestion ON cases_case (received_at DESC, id DESC) WHERE kind = 'suggestion'",
    "CREATE INDEX cases_meeting_opened ON cases_meeting (opened_at DESC, id DESC)",
    "CREATE INDEX cases_briefing_drafted ON cases_briefing (drafted_at DESC, id DESC)",
)

BACKWARDS = (
    "DROP INDEX cases_briefing_drafted",
    "DROP INDEX cases_meeting_opened",
    "DROP INDEX cases_case_suggestion",
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
