"""What the sweep looks at, and the orders in which a desk reads open clocks: none of them grows with the stopped ones."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE deadlines_clock ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE deadlines_recalculation ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX deadlines_clock_sweep ON deadlines_clock (next_expedite_at) WHERE next_expedite_at IS NOT NULL",
    "CREATE INDEX deadlines_clock_due ON deadlines_clock (due_at, id) WHERE state = 'running' AND due_at IS NOT NULL",
    "CREATE INDEX deadlines_clock_unit_due ON deadlines_clock (unit, due_at, id) WHERE state = 'running' AND due_at IS NOT NULL",
    "CREATE INDEX deadlines_clock_open ON deadlines_clock (division_code, unit, kind, state, due_at) INCLUDE (expedite_at) WHERE state <> 'stopped'",
    "CREATE INDEX deadlines_clock_stopped ON deadlines_clock (stopped_at) INCLUDE (division_code, unit, kind, due_at) WHERE state = 'stopped'",
    "CREATE INDEX deadlines_suspension_clock ON deadlines_suspension (clock, began_at)",
    "CREATE UNIQUE INDEX deadlines_suspended_once ON deadlines_suspension (clock) WHERE ended_at IS NULL",
    "CREATE INDEX deadlines_clock_event_clock ON deadlines_clock_event (clock, recorded_at)",
    "CREATE INDEX deadlines_expedite_move ON deadlines_expedite (next_move_at) WHERE next_move_at IS NOT NULL",
    "CREATE UNIQUE INDEX deadlines_expedite_numbered ON deadlines_expedite (clock, number) WHERE number IS NOT NULL",
    "CREATE INDEX deadlines_recalculation_newest ON deadlines_recalculation (proposed_at DESC, id DESC)",
)

BACKWARDS = (
    "DROP INDEX deadlines_recalculation_newest",
    "DROP INDEX deadlines_expedite_numbered",
    "DROP INDEX deadlines_expedite_move",
    "DROP INDEX deadlines_clock_event_clock",
    "DROP INDEX deadlines_suspended_once",
    "DROP INDEX deadlines_suspension_clock",
    "DROP INDEX deadlines_clock_stopped",
    "DROP INDEX deadlines_clock_open",
    "DROP INDEX deadlines_clock_unit_due",
    "DROP INDEX deadlines_clock_due",
    "DROP INDEX deadlines_clock_sweep",
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
