"""What Piccolo cannot say: the orders in which it is read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:36:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE hotline_call ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE hotline_text ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE hotline_callback ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE hotline_transfer ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE hotline_firm_case ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE SEQUENCE hotline_transfer_number",
    "CREATE SEQUENCE hotline_slip_number",
    "CREATE INDEX hotline_call_caller ON hotline_call (caller_index, began_at DESC) WHERE caller_index IS NOT NULL",
    "CREATE INDEX hotline_call_desk ON hotline_call (unit, began_at DESC, id DESC)",
    "CREATE INDEX hotline_call_live ON hotline_call (unit, began_at) WHERE state IN ('ringing', 'talking')",
    "CREATE INDEX hotline_call_began ON hotline_call (began_at)",
    'CREATE INDEX hotline_call_case ON hotline_call ("case") WHERE "case" IS NOT NULL',
    "CREATE INDEX hotline_post_at ON hotline_post (at)",
    "CREATE INDEX hotline_text_desk ON hotline_text (unit, received_at DESC, id DESC)",
    "CREATE INDEX hotline_text_waiting ON hotline_text (unit, received_at) WHERE state IN ('received', 'unroutable')",
    "CREATE INDEX hotline_text_received ON hotline_text (received_at)",
    "CREATE INDEX hotline_callback_due ON hotline_callback (unit, due_at, id) WHERE state = 'open'",
    "CREATE INDEX hotline_callback_mine ON hotline_callback (assignee, due_at) WHERE state = 'open'",
    "CREATE INDEX hotline_callback_place ON hotline_callback (division_code, opened_at DESC, id DESC)",
    "CREATE INDEX hotline_callback_supervised ON hotline_callback (division_code, opened_at DESC) WHERE supervised IS NOT NULL",
    "CREATE INDEX hotline_callback_closed ON hotline_callback (closed_at)",
    "CREATE INDEX hotline_callback_try_callback ON hotline_callback_try (callback, at)",
    "CREATE INDEX hotline_transfer_out ON hotline_transfer (unit, offered_at DESC) WHERE state IN ('offered', 'accepted')",
    'CREATE INDEX hotline_transfer_case ON hotline_transfer ("case") WHERE "case" IS NOT NULL',
    "CREATE INDEX hotline_shift_note_unit ON hotline_shift_note (unit, written_at DESC)",
    "CREATE INDEX hotline_flow_slip_unit ON hotline_flow_slip (unit, printed_at DESC)",
    "CREATE INDEX hotline_firm_case_desk ON hotline_firm_case (desk, opened_at DESC)",
    'CREATE INDEX hotline_unit_talk_case ON hotline_unit_talk ("case", held_at)',
    "CREATE INDEX hotline_unit_talk_unit ON hotline_unit_talk (unit, held_at DESC)",
    "CREATE INDEX hotline_pledge_batch_place ON hotline_pledge_batch (division_code, year, number)",
    "CREATE INDEX hotline_survey_draw_next ON hotline_survey_draw (wave, stratum_code, number) WHERE state = 'to_ask'",
    "CREATE INDEX hotline_survey_draw_household ON hotline_survey_draw (household)",
    "CREATE INDEX hotline_survey_answer_wave ON hotline_survey_answer (wave, stratum_code)",
)

BACKWARDS = (
    *(
        f"DROP INDEX {statement.split(' INDEX ')[1].split()[0]}"
        for statement in reversed(FORWARDS)
        if " INDEX " in statement
    ),
    "DROP SEQUENCE hotline_slip_number",
    "DROP SEQUENCE hotline_transfer_number",
    "ALTER TABLE hotline_firm_case ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE hotline_transfer ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE hotline_callback ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE hotline_text ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE hotline_call ALTER COLUMN division_code TYPE varchar(15)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="hotline", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
