"""A phone carries what became of its owner's contested changes: a conflict concerns its author, whoever decides it.

The index by author is for what a phone carries, the one by record for "does anything of this record wait".
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine
from backend.sync.piccolo_migrations.sync_2026_11_22t23_51_00_000000 import EVENTS, FUNCTION

ID = "2026-11-22T23:60:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "contested changes on the phone of whoever made them"

TABLE = "sync_conflict"
AUDIENCES = "SELECT c.author, 'conflicts'"
INDEXES = {
    "sync_conflict_of_author": "CREATE INDEX {name} ON sync_conflict (author, opened_at)",
    "sync_conflict_of_record": "CREATE INDEX {name} ON sync_conflict (record_id) WHERE decided_at IS NULL",
}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)

    async def run():
        for name, statement in INDEXES.items():
            await engine.run_ddl(statement.format(name=name))
        await engine.run_ddl(FUNCTION.format(table=TABLE, audiences=AUDIENCES))
        for event, when in EVENTS.items():
            await engine.run_ddl(
                f"CREATE TRIGGER sync_note_{event} {when.format(table=TABLE)} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION sync_note_{TABLE}()"
            )

    async def undo():
        await engine.run_ddl(f"DROP FUNCTION sync_note_{TABLE}() CASCADE")
        for name in INDEXES:
            await engine.run_ddl(f"DROP INDEX IF EXISTS {name}")

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
