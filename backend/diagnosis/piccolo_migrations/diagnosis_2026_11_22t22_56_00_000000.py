"""The pool, for whoever looks into it: a local expert of a station is able for requests of its studio."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T22:56:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an index of the pool"

FORWARDS = ("CREATE INDEX diagnosis_request_pooled ON diagnosis_request (asked_at, id) WHERE state = 'pooled'",)
BACKWARDS = ("DROP INDEX diagnosis_request_pooled",)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="diagnosis", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
