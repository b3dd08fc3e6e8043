"""What Piccolo cannot say: the orders in which samples, results and imports are read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:21:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    "CREATE SEQUENCE laboratory_report_number",
    'ALTER TABLE laboratory_sample ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE UNIQUE INDEX laboratory_sample_of_a_desk_and_day ON laboratory_sample"
    " (unit, code, ((received_at AT TIME ZONE 'Asia/Shanghai')::date)) WHERE state = 'received'",
    "CREATE INDEX laboratory_sample_code ON laboratory_sample (unit, code, received_at DESC)",
    "CREATE INDEX laboratory_sample_newest ON laboratory_sample (unit, received_at DESC, id DESC)",
    "CREATE INDEX laboratory_sample_drop_off ON laboratory_sample (drop_off, received_at DESC, id DESC)"
    " WHERE drop_off IS NOT NULL",
    "CREATE INDEX laboratory_sample_holder ON laboratory_sample (holder, received_at DESC) WHERE holder IS NOT NULL",
    "CREATE INDEX laboratory_sample_received_by ON laboratory_sample (received_by, received_at DESC, id DESC)"
    " WHERE received_by IS NOT NULL",
    "CREATE INDEX laboratory_sample_division ON laboratory_sample (division_code, received_at DESC, id DESC)",
    "CREATE INDEX laboratory_sample_household ON laboratory_sample (household, received_at DESC)"
    " WHERE household IS NOT NULL",
    "CREATE INDEX laboratory_sample_phone ON laboratory_sample (contact_phone_index)"
    " WHERE contact_phone_index IS NOT NULL",
    "CREATE INDEX laboratory_sample_held ON laboratory_sample (unit, received_at DESC) WHERE state = 'held'",
    "CREATE INDEX laboratory_hand_over_sample ON laboratory_hand_over (sample, at)",
    "CREATE INDEX laboratory_consent_sample ON laboratory_consent (sample, at)",
    "CREATE INDEX laboratory_calibration_instrument ON laboratory_calibration (instrument, due_on DESC)",
    "CREATE INDEX laboratory_calibration_override_instrument ON laboratory_calibration_override"
    " (instrument, until_on DESC)",
    "CREATE INDEX laboratory_nonce_at ON laboratory_nonce (at)",
    "CREATE INDEX laboratory_run_instrument ON laboratory_run (instrument, started_at DESC)",
    "CREATE INDEX laboratory_run_unit ON laboratory_run (unit, started_at DESC, id DESC)",
    "CREATE INDEX laboratory_import_newest ON laboratory_import (unit, received_at DESC, id DESC)",
    "CREATE INDEX laboratory_import_same ON laboratory_import (unit, sha256)",
    "CREATE INDEX laboratory_import_old ON laboratory_import (received_at) WHERE key_sealed IS NOT NULL",
    "CREATE INDEX laboratory_result_sample ON laboratory_result (sample, tested_at, id)",
    "CREATE INDEX laboratory_result_newest ON laboratory_result (unit, received_at DESC, id DESC)",
    "CREATE INDEX laboratory_result_import ON laboratory_result (import_file, line)",
    "CREATE INDEX laboratory_result_run ON laboratory_result (run) WHERE run IS NOT NULL",
    "CREATE INDEX laboratory_result_instrument ON laboratory_result (instrument, tested_at DESC)"
    " WHERE instrument IS NOT NULL",
    "CREATE INDEX laboratory_result_noticed ON laboratory_result (unit, received_at DESC)"
    " WHERE verdict IN ('suspect', 'positive', 'invalid')",
    "CREATE INDEX laboratory_judgement_result ON laboratory_judgement (result, at)",
    "CREATE INDEX laboratory_retest_result ON laboratory_retest (result, number)",
    "CREATE INDEX laboratory_retest_open ON laboratory_retest (due_at, asked_at) WHERE state = 'open'",
    "CREATE UNIQUE INDEX laboratory_retest_number ON laboratory_retest (result, kind, number)",
    "CREATE INDEX laboratory_second_look_expert ON laboratory_second_look (expert, asked_at) WHERE seen_at IS NULL",
    "CREATE INDEX laboratory_second_look_result ON laboratory_second_look (result)",
    "CREATE INDEX laboratory_report_sample ON laboratory_report (sample, issued_at DESC)",
    "CREATE INDEX laboratory_advice_to_sign ON laboratory_fertiliser_advice (made_at, id)"
    " WHERE signed_at IS NULL AND withdrawn_at IS NULL",
    "CREATE INDEX laboratory_advice_sample ON laboratory_fertiliser_advice (sample, made_at)",
    "CREATE INDEX laboratory_limit_counts ON laboratory_residue_limit (standard, pesticide) WHERE ended_at IS NULL",
)

BACKWARDS = (
    "DROP SEQUENCE laboratory_report_number",
    *(
        f"DROP INDEX {statement.split(' INDEX ')[1].split()[0]}"
        for statement in reversed(FORWARDS)
        if " INDEX " in statement
    ),
    "ALTER TABLE laboratory_sample ALTER COLUMN division_code TYPE varchar(15)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="laboratory", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
