"""What became of the submissions that are here already, and the orders in which they are read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:41:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what submissions became, and indexes"

FORWARDS = (
    "UPDATE openrosa_submission SET record_kind = 'visit', record_id = visit WHERE visit IS NOT NULL",
    "UPDATE openrosa_submission SET record_kind = 'diagnosis_request', record_id = diagnosis_request "
    "WHERE diagnosis_request IS NOT NULL",
    "UPDATE openrosa_submission SET record_kind = 'antifraud_round', record_id = antifraud_round "
    "WHERE antifraud_round IS NOT NULL",
    'ALTER TABLE openrosa_submission ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX openrosa_submission_received ON openrosa_submission (received_at, id)",
    "CREATE INDEX openrosa_submission_sender ON openrosa_submission (submitted_by, received_at, id)",
    "CREATE INDEX openrosa_submission_record ON openrosa_submission (record_id)",
    "CREATE INDEX openrosa_submission_attention ON openrosa_submission (received_at, id) WHERE state = 'attention'",
)
BACKWARDS = (
    "DROP INDEX openrosa_submission_attention",
    "DROP INDEX openrosa_submission_record",
    "DROP INDEX openrosa_submission_sender",
    "DROP INDEX openrosa_submission_received",
    "ALTER TABLE openrosa_submission ALTER COLUMN division_code TYPE varchar(15)",
    "UPDATE openrosa_submission SET visit = record_id WHERE record_kind = 'visit'",
    "UPDATE openrosa_submission SET diagnosis_request = record_id WHERE record_kind = 'diagnosis_request'",
    "UPDATE openrosa_submission SET antifraud_round = record_id WHERE record_kind = 'antifraud_round'",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="openrosa", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
