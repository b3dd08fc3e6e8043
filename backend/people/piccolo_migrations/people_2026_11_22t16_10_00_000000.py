"""Who belongs to a unit, who supervises a division, which units lie in it: asked by rosters at every ring of a phone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "units and their people"

FORWARDS = (
    "CREATE INDEX people_role_assignment_unit ON people_role_assignment (unit) WHERE unit IS NOT NULL",
    "CREATE INDEX people_role_assignment_supervisor ON people_role_assignment (division) WHERE role = 'supervisor'",
    "CREATE INDEX people_unit_division ON people_unit (division)",
)

BACKWARDS = (
    "DROP INDEX people_unit_division",
    "DROP INDEX people_role_assignment_supervisor",
    "DROP INDEX people_role_assignment_unit",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="people", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
