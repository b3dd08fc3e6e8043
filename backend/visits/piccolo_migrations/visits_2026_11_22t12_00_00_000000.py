"""The orders in which visits are read: newest first for all, for one cadre, one household, one village; and by place."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE visits_visit ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE visits_need ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE visits_spot_check ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX visits_visit_newest ON visits_visit (occurred_at DESC, id DESC)",
    "CREATE INDEX visits_visit_recorded_by ON visits_visit (recorded_by, occurred_at DESC, id DESC)",
    "CREATE INDEX visits_visit_household ON visits_visit (household, occurred_at DESC, id DESC) WHERE household IS NOT NULL",
    "CREATE INDEX visits_visit_division ON visits_visit (division_code, occurred_at DESC, id DESC)",
    "CREATE INDEX visits_visit_campaign ON visits_visit (campaign) WHERE campaign IS NOT NULL",
    "CREATE INDEX visits_visit_point ON visits_visit USING gist (point(longitude, latitude)) WHERE longitude IS NOT NULL",
    "CREATE INDEX visits_visit_precise ON visits_visit (occurred_at) WHERE NOT coarse AND longitude IS NOT NULL",
    "CREATE INDEX visits_flag_visit ON visits_flag (visit)",
    "CREATE INDEX visits_photo_photo ON visits_photo (photo)",
    "CREATE INDEX visits_need_visit ON visits_need (visit)",
    "CREATE INDEX visits_need_household ON visits_need (household) WHERE household IS NOT NULL",
    "CREATE INDEX visits_need_division ON visits_need (division_code, state)",
    "CREATE INDEX visits_need_newest ON visits_need (received_at DESC, id DESC)",
    "CREATE INDEX visits_need_event_need ON visits_need_event (need, at)",
    "CREATE INDEX visits_spot_check_item_visit ON visits_spot_check_item (visit)",
)

BACKWARDS = (
    "DROP INDEX visits_spot_check_item_visit",
    "DROP INDEX visits_need_event_need",
    "DROP INDEX visits_need_newest",
    "DROP INDEX visits_need_division",
    "DROP INDEX visits_need_household",
    "DROP INDEX visits_need_visit",
    "DROP INDEX visits_photo_photo",
    "DROP INDEX visits_flag_visit",
    "DROP INDEX visits_visit_precise",
    "DROP INDEX visits_visit_point",
    "DROP INDEX visits_visit_campaign",
    "DROP INDEX visits_visit_division",
    "DROP INDEX visits_visit_household",
    "DROP INDEX visits_visit_recorded_by",
    "DROP INDEX visits_visit_newest",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="visits", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
