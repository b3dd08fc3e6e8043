"""Subtrees by prefix, one valid division per code, and the nearest point: indexes that Piccolo cannot declare."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE territory_division ALTER COLUMN code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE territory_division ALTER COLUMN prefix TYPE varchar(15) COLLATE "C"',
    "CREATE UNIQUE INDEX territory_division_code_today ON territory_division (code) WHERE valid_to IS NULL",
    "ALTER TABLE territory_division ADD CONSTRAINT territory_division_one_version_a_day "
    "EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]') WITH &&)",
    "CREATE INDEX territory_division_prefix ON territory_division (prefix)",
    "CREATE INDEX territory_division_parent ON territory_division (parent)",
    "CREATE INDEX territory_division_community ON territory_division (community) WHERE community IS NOT NULL",
    "CREATE INDEX territory_division_point ON territory_division USING gist (point(longitude, latitude)) WHERE longitude IS NOT NULL",
)

BACKWARDS = (
    "DROP INDEX territory_division_point",
    "DROP INDEX territory_division_community",
    "DROP INDEX territory_division_parent",
    "DROP INDEX territory_division_prefix",
    "ALTER TABLE territory_division DROP CONSTRAINT territory_division_one_version_a_day",
    "DROP INDEX territory_division_code_today",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="territory", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
