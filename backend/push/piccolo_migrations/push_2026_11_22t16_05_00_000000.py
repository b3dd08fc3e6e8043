"""What is read by many and often: what is due, whose inbox, whose address, whose turn; each index only as wide as that."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes"

FORWARDS = (
    'ALTER TABLE push_notice ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE push_recipient ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE push_address ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE push_group ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX push_notice_open ON push_notice (campaign_state) WHERE campaign_state IN ('scheduled', 'running')",
    "CREATE INDEX push_notice_escalate ON push_notice (escalate_at) WHERE escalate_at IS NOT NULL",
    "CREATE INDEX push_notice_origin ON push_notice (origin_room, origin_id) WHERE origin_id IS NOT NULL",
    "CREATE INDEX push_notice_newest ON push_notice (made_at DESC, id DESC) WHERE campaign_state IS NOT NULL",
    "CREATE INDEX push_notice_made ON push_notice (made_at)",
    "CREATE INDEX push_recipient_subject ON push_recipient (subject, notice)",
    "CREATE INDEX push_recipient_look ON push_recipient (look_at) WHERE look_at IS NOT NULL",
    "CREATE INDEX push_recipient_day ON push_recipient (day) WHERE day IS NOT NULL",
    "CREATE INDEX push_recipient_unreached ON push_recipient (notice, division_code) WHERE reached = 'unreachable'",
    "CREATE INDEX push_recipient_made ON push_recipient USING brin (made_at)",
    "CREATE INDEX push_delivery_due ON push_delivery (queue, provider, next_at) WHERE state IN ('scheduled', 'pending')",
    "CREATE INDEX push_delivery_recipient ON push_delivery (recipient) WHERE recipient IS NOT NULL",
    "CREATE INDEX push_delivery_message ON push_delivery (provider_message_id) WHERE provider_message_id IS NOT NULL",
    "CREATE INDEX push_delivery_made ON push_delivery USING brin (made_at)",
    "CREATE UNIQUE INDEX push_address_in_use ON push_address (value_index) WHERE dead_at IS NULL",
    "CREATE INDEX push_address_subject ON push_address (subject) WHERE dead_at IS NULL",
    "CREATE INDEX push_address_citizens ON push_address (division_code) WHERE dead_at IS NULL AND subject_kind <> 'person'",
    "CREATE INDEX push_address_dead ON push_address (dead_at) WHERE dead_at IS NOT NULL",
    "CREATE INDEX push_group_division ON push_group (division_code) WHERE closed_at IS NULL",
)

BACKWARDS = (
    "DROP INDEX push_group_division",
    "DROP INDEX push_address_dead",
    "DROP INDEX push_address_citizens",
    "DROP INDEX push_address_subject",
    "DROP INDEX push_address_in_use",
    "DROP INDEX push_delivery_made",
    "DROP INDEX push_delivery_message",
    "DROP INDEX push_delivery_recipient",
    "DROP INDEX push_delivery_due",
    "DROP INDEX push_recipient_made",
    "DROP INDEX push_recipient_unreached",
    "DROP INDEX push_recipient_day",
    "DROP INDEX push_recipient_look",
    "DROP INDEX push_recipient_subject",
    "DROP INDEX push_notice_made",
    "DROP INDEX push_notice_newest",
    "DROP INDEX push_notice_origin",
    "DROP INDEX push_notice_escalate",
    "DROP INDEX push_notice_open",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="push", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
