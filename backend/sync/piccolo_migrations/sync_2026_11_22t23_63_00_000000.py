"""Two audiences more, by another text of the same functions.

A shift concerns the colleague who is asked to take it; a household's place, whoever has a task there and does not serve
it.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine
from backend.sync.piccolo_migrations.sync_2026_11_22t23_51_00_000000 import AUDIENCES, FUNCTION

ID = "2026-11-22T23:63:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "offered shifts, places of tasks"

CHANGED = {
    "rosters_shift": f"{AUDIENCES['rosters_shift']} UNION ALL "
    "SELECT w.offered_to, 'shifts' FROM rosters_swap w WHERE w.shift = c.id AND w.state = 'offered'",
    "people_household": f"{AUDIENCES['people_household']} UNION ALL "
    "SELECT t.assignee, 'tasks' FROM tasks_task t WHERE t.household = c.id AND t.assignee IS NOT NULL "
    "AND t.state IN ('open', 'acknowledged')",
}
INDEX = (
    "CREATE INDEX sync_task_asked_at_household ON tasks_task (household) "
    "WHERE assignee IS NOT NULL AND state IN ('open', 'acknowledged')"
)


async def _replace(table: str, audiences: str) -> None:
    statement = FUNCTION.format(table=table, audiences=audiences)
    await engine.run_ddl(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)

    async def run():
        await engine.run_ddl(INDEX)
        for table, audiences in CHANGED.items():
            await _replace(table, audiences)

    async def undo():
        for table in CHANGED:
            await _replace(table, AUDIENCES[table])
        await engine.run_ddl("DROP INDEX IF EXISTS sync_task_asked_at_household")

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
