"""Forgetting old shifts takes `follows` off younger ones; that is no move, so the no-gap trigger need not look."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the no-gap trigger looks at moves only"

TRIGGER = "CREATE CONSTRAINT TRIGGER no_unseen_gap_moved AFTER UPDATE ON rosters_shift DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION rosters_refuse_unseen_gaps()"
LET_GO = "NEW.state IN ('swapped', 'cancelled')"

FORWARDS = (
    "DROP TRIGGER no_unseen_gap_moved ON rosters_shift",
    TRIGGER.format(when=f"{LET_GO} AND OLD.state <> NEW.state"),
)

BACKWARDS = (
    "DROP TRIGGER no_unseen_gap_moved ON rosters_shift",
    TRIGGER.format(when=LET_GO),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="rosters", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
