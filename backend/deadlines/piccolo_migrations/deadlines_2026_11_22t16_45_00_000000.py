"""Figures of what was stopped come from the history, round by round; open clocks are counted by room too."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    "DROP INDEX deadlines_clock_stopped",
    "CREATE INDEX deadlines_clock_event_stopped ON deadlines_clock_event (at) INCLUDE (clock, opened_at, new_due_at) WHERE kind = 'stopped'",
    "DROP INDEX deadlines_clock_open",
    "CREATE INDEX deadlines_clock_open ON deadlines_clock (division_code, unit, kind, state, due_at) INCLUDE (expedite_at, subject_room) WHERE state <> 'stopped'",
)

BACKWARDS = (
    "DROP INDEX deadlines_clock_open",
    "CREATE INDEX deadlines_clock_open ON deadlines_clock (division_code, unit, kind, state, due_at) INCLUDE (expedite_at) WHERE state <> 'stopped'",
    "DROP INDEX deadlines_clock_event_stopped",
    "CREATE INDEX deadlines_clock_stopped ON deadlines_clock (stopped_at) INCLUDE (division_code, unit, kind, due_at) WHERE state = 'stopped'",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="deadlines", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
