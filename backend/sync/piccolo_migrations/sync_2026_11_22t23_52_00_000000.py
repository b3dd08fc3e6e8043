"""Three audiences more, by another text of the same functions.

A flag or photo of a visit concerns whoever serves the household too: a flag is shown to him once it was seen. A case in
which another goes on is where that need stands. An opinion that was given opens the lines of its case.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine
from backend.sync.piccolo_migrations.sync_2026_11_22t23_51_00_000000 import AUDIENCES, EVENTS, FUNCTION, servers

ID = "2026-11-22T23:52:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "flags for whoever serves, cases that others go on in, the end of blindness"

OF_VISIT = " UNION ALL ".join(
    (
        "SELECT v.recorded_by, 'visits' FROM visits_visit v WHERE v.id = c.visit",
        "SELECT said.* FROM (SELECT v.* FROM visits_visit v WHERE v.id = c.visit) c "
        f"CROSS JOIN LATERAL ({servers('visits')}) said(person, entity)",
    )
)
GOES_ON = "SELECT said.* FROM (SELECT k.* FROM cases_case k WHERE k.merged_into = c.id) c CROSS JOIN LATERAL ({}) said"
MERGED = GOES_ON.format(f"SELECT c.opened_by, 'visits' UNION ALL {servers('visits')}")

CHANGED = {
    "visits_flag": OF_VISIT,
    "visits_photo": OF_VISIT,
    "cases_case": f"{AUDIENCES['cases_case']} UNION ALL {MERGED}",
}
ADDED = {"cases_blindness": "SELECT c.person, 'cases'"}


async def _replace(table: str, audiences: str) -> None:
    statement = FUNCTION.format(table=table, audiences=audiences)
    await engine.run_ddl(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)

    async def run():
        for table, audiences in {**CHANGED, **ADDED}.items():
            await _replace(table, audiences)
        for table in ADDED:
            for event, when in EVENTS.items():
                await engine.run_ddl(
                    f"CREATE TRIGGER sync_note_{event} {when.format(table=table)} "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION sync_note_{table}()"
                )

    async def undo():
        for table in ADDED:
            await engine.run_ddl(f"DROP FUNCTION sync_note_{table}() CASCADE")
        for table in CHANGED:
            await _replace(table, AUDIENCES[table])

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
