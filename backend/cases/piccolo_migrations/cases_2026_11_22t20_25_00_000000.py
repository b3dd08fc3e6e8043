"""The orders in which meetings, briefings, pairs and hot spots are read, and where cases lie close together in place and
time: an index that grows with the table but is only read where both are near."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T20:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of loops"

FORWARDS = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    'ALTER TABLE cases_meeting ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE cases_briefing ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE cases_hot_spot ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX cases_case_near ON cases_case USING gist (point(longitude, latitude), received_at)"
    " WHERE longitude IS NOT NULL",
    "CREATE INDEX cases_pair_waiting ON cases_pair (proposed_at DESC, id DESC) WHERE decided_at IS NULL",
    "CREATE INDEX cases_pair_older ON cases_pair (older)",
    "CREATE INDEX cases_meeting_division ON cases_meeting (division_code, opened_at DESC, id DESC)",
    'CREATE INDEX cases_meeting_case_case ON cases_meeting_case ("case")',
    "CREATE INDEX cases_meeting_party_unit ON cases_meeting_party (unit)",
    "CREATE INDEX cases_meeting_task_meeting ON cases_meeting_task (meeting)",
    "CREATE INDEX cases_briefing_division ON cases_briefing (division_code, drafted_at DESC, id DESC)",
    'CREATE INDEX cases_briefing_case_case ON cases_briefing_case ("case")',
    'CREATE INDEX cases_feedback_case ON cases_feedback ("case")',
    "CREATE INDEX cases_repeat_earlier ON cases_repeat (earlier)",
    "CREATE INDEX cases_repeat_expires ON cases_repeat (expires_at)",
    "CREATE UNIQUE INDEX cases_hot_spot_waiting ON cases_hot_spot (division_code, category_code)"
    " WHERE state = 'proposed'",
    "CREATE INDEX cases_hot_spot_found ON cases_hot_spot (division_code, category_code, found_at DESC)",
    'CREATE INDEX cases_hot_spot_case_case ON cases_hot_spot_case ("case")',
)

BACKWARDS = tuple(
    f"DROP INDEX {each.partition(' ON ')[0].rpartition(' ')[2]}" for each in reversed(FORWARDS) if " INDEX " in each
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
