"""What Piccolo cannot say: the orders in which it is read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:38:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE rosters_grid_service ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE rosters_market_day ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE rosters_stall_day ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX rosters_station_hours_unit ON rosters_station_hours (unit, weekday)",
    "CREATE INDEX rosters_grid_service_place ON rosters_grid_service (division_code, valid_from)",
    "CREATE INDEX rosters_grid_service_person ON rosters_grid_service (person)",
    "CREATE INDEX rosters_market_rule_market ON rosters_market_rule (market, valid_from)",
    'CREATE INDEX rosters_market_day_place ON rosters_market_day (division_code, "on")',
    'CREATE INDEX rosters_stall_day_place ON rosters_stall_day (division_code, "on")',
    'CREATE INDEX rosters_stall_day_to_announce ON rosters_stall_day ("on") WHERE announced_at IS NULL',
    "CREATE INDEX rosters_calendar_feed_person ON rosters_calendar_feed (person)",
)

BACKWARDS = (
    *(
        f"DROP INDEX {statement.split(' INDEX ')[1].split()[0]}"
        for statement in reversed(FORWARDS)
        if " INDEX " in statement
    ),
    "ALTER TABLE rosters_stall_day ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE rosters_market_day ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE rosters_grid_service ALTER COLUMN division_code TYPE varchar(15)",
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
