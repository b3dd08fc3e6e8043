"""Figures of what was stopped are read from one index, that of the history."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

STATES = "ALTER TABLE deadlines_expedite ADD CONSTRAINT notice_state_is_known CHECK (state IN ({}))"

FORWARDS = (
    "ALTER TABLE deadlines_expedite DROP CONSTRAINT notice_state_is_known",
    STATES.format("'waiting', 'sent', 'acknowledged', 'settled'"),
    'ALTER TABLE deadlines_clock_event ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "DROP INDEX deadlines_clock_event_stopped",
    "CREATE INDEX deadlines_clock_event_stopped ON deadlines_clock_event (at) INCLUDE (division_code, unit, clock_kind, policy, subject_room, opened_at, new_due_at) WHERE kind = 'stopped'",
)

BACKWARDS = (
    "ALTER TABLE deadlines_expedite DROP CONSTRAINT notice_state_is_known",
    STATES.format("'waiting', 'sent', 'acknowledged', 'overtaken', 'settled'"),
    "DROP INDEX deadlines_clock_event_stopped",
    "CREATE INDEX deadlines_clock_event_stopped ON deadlines_clock_event (at) INCLUDE (clock, opened_at, new_due_at) WHERE kind = 'stopped'",
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
