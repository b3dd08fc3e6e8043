"""Numbers without a hot row, and the orders in which cases are read: what is open, newest first, by place, unit, person."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T20:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the numbers' sequence, indexes"

OPEN = "closed_at IS NULL"

FORWARDS = (
    "CREATE SEQUENCE cases_number",
    'ALTER TABLE cases_case ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE cases_route ALTER COLUMN prefix TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX cases_case_newest ON cases_case (received_at DESC, id DESC)",
    "CREATE INDEX cases_case_division ON cases_case (division_code, received_at DESC, id DESC)",
    "CREATE INDEX cases_case_category ON cases_case (category_code, received_at DESC, id DESC)",
    "CREATE INDEX cases_case_owner ON cases_case (owner_unit, received_at DESC, id DESC) WHERE owner_unit IS NOT NULL",
    "CREATE INDEX cases_case_unit ON cases_case (assignee_unit, received_at DESC, id DESC)"
    " WHERE assignee_unit IS NOT NULL",
    "CREATE INDEX cases_case_assignee ON cases_case (assignee, received_at DESC, id DESC) WHERE assignee IS NOT NULL",
    "CREATE INDEX cases_case_opened_by ON cases_case (opened_by, received_at DESC, id DESC)"
    " WHERE opened_by IS NOT NULL",
    "CREATE INDEX cases_case_household ON cases_case (household, received_at DESC, id DESC)"
    " WHERE household IS NOT NULL",
    f"CREATE INDEX cases_case_open ON cases_case (division_code, state) WHERE {OPEN}",
    f"CREATE INDEX cases_case_open_newest ON cases_case (received_at DESC, id DESC) WHERE {OPEN}",
    f"CREATE INDEX cases_case_open_unit ON cases_case (assignee_unit) WHERE {OPEN}",
    "CREATE INDEX cases_case_closed ON cases_case (closed_at) WHERE closed_at IS NOT NULL",
    "CREATE INDEX cases_case_precise ON cases_case (closed_at)"
    " WHERE closed_at IS NOT NULL AND NOT coarse AND longitude IS NOT NULL",
    "CREATE INDEX cases_case_origin ON cases_case (origin_room, origin_id) WHERE origin_id IS NOT NULL",
    "CREATE INDEX cases_case_upstream ON cases_case (upstream_number) WHERE upstream_number IS NOT NULL",
    "CREATE INDEX cases_case_phone ON cases_case (contact_phone_index) WHERE contact_phone_index IS NOT NULL",
    "CREATE INDEX cases_case_merged ON cases_case (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX cases_route_category ON cases_route (category_code, prefix)",
    'CREATE INDEX cases_timeline_head_not_anchored ON cases_timeline_head ("case")'
    " WHERE anchored_seq IS DISTINCT FROM seq",
    'CREATE UNIQUE INDEX cases_receipt_valid ON cases_receipt ("case") WHERE revoked_at IS NULL',
    "CREATE INDEX cases_pair_newer ON cases_pair (newer)",
)

BACKWARDS = (
    *(f"DROP INDEX {each.partition(' ON ')[0].rpartition(' ')[2]}" for each in reversed(FORWARDS) if " INDEX " in each),
    "DROP SEQUENCE cases_number",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
