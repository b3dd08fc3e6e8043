"""The constraint on a case's kind knows the new one; Piccolo compares constraints by name alone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T21:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the constraint on kinds knows a diagnosis"

NAME = "case_kind_is_known"
BEFORE = "'request', 'question', 'complaint', 'suggestion'"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def known(kinds: str):
        await engine.run_ddl(f"ALTER TABLE cases_case DROP CONSTRAINT {NAME}")
        await engine.run_ddl(f'ALTER TABLE cases_case ADD CONSTRAINT {NAME} CHECK ("kind" IN ({kinds}))')

    async def run():
        await known(f"{BEFORE}, 'diagnosis'")

    async def undo():
        await known(BEFORE)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
