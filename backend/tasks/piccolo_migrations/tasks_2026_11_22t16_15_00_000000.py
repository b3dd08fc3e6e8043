"""From a successor to the task it was handed over from."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one successor of one task"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="tasks", description=DESCRIPTION)

    async def run():
        await engine.run_ddl(
            "CREATE UNIQUE INDEX tasks_task_handed_to ON tasks_task (handed_to) WHERE handed_to IS NOT NULL"
        )

    async def undo():
        await engine.run_ddl("DROP INDEX tasks_task_handed_to")

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
