"""What Piccolo cannot say: the orders in which it is read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:33:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE antifraud_warning ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE antifraud_round_mark ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE antifraud_letter_range ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE antifraud_case ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX antifraud_warning_mine ON antifraud_warning (assignee, received_at DESC, id DESC)"
    " WHERE state <> 'closed'",
    "CREATE INDEX antifraud_warning_unheard ON antifraud_warning (due_acknowledge_at) WHERE state = 'open'",
    "CREATE INDEX antifraud_warning_newest ON antifraud_warning (division_code, received_at DESC, id DESC)",
    "CREATE INDEX antifraud_warning_received ON antifraud_warning (received_at)",
    "CREATE INDEX antifraud_warning_key_day ON antifraud_warning (key_day) WHERE purged_at IS NULL",
    "CREATE INDEX antifraud_attempt_warning ON antifraud_attempt (warning, at)",
    "CREATE UNIQUE INDEX antifraud_hand_number ON antifraud_hand (warning, number)",
    "CREATE INDEX antifraud_post_at ON antifraud_post (at)",
    "CREATE INDEX antifraud_round_open ON antifraud_round (prefix, begins_on) WHERE closed_at IS NULL",
    "CREATE INDEX antifraud_round_mark_village ON antifraud_round_mark (round, division_code, mark)",
    "CREATE INDEX antifraud_letter_range_village ON antifraud_letter_range (division_code, prefix, first)",
    "CREATE INDEX antifraud_letter_range_book ON antifraud_letter_range (prefix, width, first)",
    "CREATE INDEX antifraud_talk_village ON antifraud_talk (division_code, at DESC)",
    "CREATE INDEX antifraud_poster_village ON antifraud_poster (division_code, at DESC)",
    'CREATE INDEX antifraud_app_coverage_village ON antifraud_app_coverage (division_code, "on" DESC)',
    "CREATE INDEX antifraud_check_village ON antifraud_check (division_code, fix_by)",
    "CREATE INDEX antifraud_case_occurred ON antifraud_case (occurred_on, registered_on) WHERE withdrawn_at IS NULL",
    "CREATE INDEX antifraud_visitor_card_person ON antifraud_visitor_card (person) WHERE ended_at IS NULL",
    "CREATE INDEX antifraud_library_approval_item ON antifraud_library_approval (item, approved_at DESC)",
)

BACKWARDS = (
    *(
        f"DROP INDEX {statement.split(' INDEX ')[1].split()[0]}"
        for statement in reversed(FORWARDS)
        if " INDEX " in statement
    ),
    "ALTER TABLE antifraud_case ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE antifraud_letter_range ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE antifraud_round_mark ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE antifraud_warning ALTER COLUMN division_code TYPE varchar(15)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="antifraud", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
