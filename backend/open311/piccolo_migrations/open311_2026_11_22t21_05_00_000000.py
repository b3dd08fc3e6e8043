"""What is looked up at every filing, and the log of deliveries: neither grows with the years."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T21:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes for repeats, forgetting and the log of deliveries"

FORWARDS = (
    "CREATE INDEX open311_filing_repeat ON open311_filing (partner, digest, filed_at)",
    "CREATE INDEX open311_filing_old ON open311_filing (filed_at) WHERE reference IS NOT NULL",
    "CREATE INDEX open311_delivery_log ON open311_delivery (partner, made_at DESC, id DESC)",
    'CREATE INDEX open311_delivery_case ON open311_delivery ("case")',
    "CREATE INDEX open311_delivery_old ON open311_delivery (made_at) WHERE body IS NOT NULL",
)

BACKWARDS = (
    "DROP INDEX open311_delivery_old",
    "DROP INDEX open311_delivery_case",
    "DROP INDEX open311_delivery_log",
    "DROP INDEX open311_filing_old",
    "DROP INDEX open311_filing_repeat",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="open311", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
