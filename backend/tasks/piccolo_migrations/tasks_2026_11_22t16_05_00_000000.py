"""What one person has open, what is open for a household, what runs out next, what one record asked for, what a
territory has: each read from an index of its own, so that closed tasks cost nothing."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

WAITING = "state IN ('open', 'acknowledged')"

FORWARDS = (
    'ALTER TABLE tasks_task ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    f"CREATE INDEX tasks_task_waiting_assignee ON tasks_task (assignee) WHERE {WAITING}",
    f"CREATE INDEX tasks_task_waiting_household ON tasks_task (household) WHERE assignee IS NULL AND {WAITING}",
    f"CREATE INDEX tasks_task_expires ON tasks_task (expires_at) WHERE expires_at IS NOT NULL AND {WAITING}",
    "CREATE INDEX tasks_task_closed_assignee ON tasks_task (assignee, closed_at DESC) WHERE closed_at IS NOT NULL",
    "CREATE INDEX tasks_task_closed_household ON tasks_task (household, closed_at DESC) WHERE assignee IS NULL AND closed_at IS NOT NULL",
    "CREATE INDEX tasks_task_closed_by ON tasks_task (closed_by, closed_at DESC) WHERE closed_by IS NOT NULL",
    "CREATE INDEX tasks_task_origin ON tasks_task (origin_room, origin_id)",
    "CREATE INDEX tasks_task_newest ON tasks_task (asked_at DESC, id DESC)",
    "CREATE INDEX tasks_task_division ON tasks_task (division_code, asked_at DESC, id DESC)",
    f"CREATE INDEX tasks_task_waiting_division ON tasks_task (division_code, asked_at DESC, id DESC) WHERE {WAITING}",
    "CREATE INDEX tasks_task_located ON tasks_task (closed_at) WHERE longitude IS NOT NULL",
    "CREATE INDEX tasks_task_remarked ON tasks_task (closed_at) WHERE close_remark IS NOT NULL",
    "CREATE INDEX tasks_event_task ON tasks_event (task, at)",
)

BACKWARDS = (
    "DROP INDEX tasks_event_task",
    "DROP INDEX tasks_task_remarked",
    "DROP INDEX tasks_task_located",
    "DROP INDEX tasks_task_waiting_division",
    "DROP INDEX tasks_task_division",
    "DROP INDEX tasks_task_newest",
    "DROP INDEX tasks_task_origin",
    "DROP INDEX tasks_task_closed_by",
    "DROP INDEX tasks_task_closed_household",
    "DROP INDEX tasks_task_closed_assignee",
    "DROP INDEX tasks_task_expires",
    "DROP INDEX tasks_task_waiting_household",
    "DROP INDEX tasks_task_waiting_assignee",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="tasks", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
