"""Triggers that write a line of `sync_change` for everybody whose phone carries what was written, and the indexes.

Statement triggers over transition tables: a batch of ten thousand visits is one INSERT into the log. The line carries
the id of the transaction that wrote it, so that a pull can ask "from this watermark on" and miss no late commit. A line
that this transaction has written already is not written again.

Source of the way: PostgreSQL's manual, 9.27.9 (transaction ids and snapshots) and 41.3 (transition tables).
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:51:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what changed for whom, written in the same transaction"

EVERYBODY = "'00000000-0000-0000-0000-000000000000'::uuid"

SERVERS = """
SELECT s.person, told.entity FROM people_household_service s, (VALUES {entities}) told(entity)
WHERE s.household = c.{household} AND (s.valid_to IS NULL OR s.valid_to >= CURRENT_DATE - 1)
"""


def servers(*entities: str, household: str = "household") -> str:
    """Whoever serves the household now or later, with these entities."""
    return SERVERS.format(entities=", ".join(f"('{entity}')" for entity in entities), household=household)


OF_CASE = " UNION ALL ".join(
    (
        "SELECT c.assignee, 'cases'",
        "SELECT c.opened_by, told.entity FROM (VALUES ('cases'), ('visits')) told(entity)",
        servers("cases", "visits", "households"),
    )
)

AUDIENCES = {
    "people_role_assignment": "SELECT c.person, '*'",
    "people_household_service": "SELECT c.person, '*'",
    "people_household": servers("households", "tasks", household="id"),
    "tasks_task": " UNION ALL ".join(
        ("SELECT c.assignee, 'tasks'", "SELECT c.closed_by, 'tasks'", servers("tasks")),
    ),
    "visits_visit": " UNION ALL ".join(("SELECT c.recorded_by, 'visits'", servers("visits", "households"))),
    "visits_flag": "SELECT v.recorded_by, 'visits' FROM visits_visit v WHERE v.id = c.visit",
    "visits_photo": "SELECT v.recorded_by, 'visits' FROM visits_visit v WHERE v.id = c.visit",
    "visits_target": f"SELECT {EVERYBODY}, 'households'",
    "cases_case": OF_CASE,
    "deadlines_clock": "SELECT said.* FROM (SELECT k.* FROM cases_case k WHERE c.subject_room = 'cases' "
    f"AND k.id = c.subject_id) c CROSS JOIN LATERAL ({OF_CASE}) said(person, entity)",
    "alerts_alert": f"SELECT {EVERYBODY}, 'alerts'",
    "antifraud_warning": "SELECT c.assignee, 'warnings'",
    "rosters_shift": "SELECT c.person, 'shifts'",
    "rosters_swap": "SELECT told.person, 'shifts' FROM (VALUES (c.offered_by), (c.offered_to)) told(person)",
    "kits_version": f"SELECT {EVERYBODY}, told.entity FROM (VALUES ('kits'), ('kit_files')) told(entity)",
    "kits_form": f"SELECT {EVERYBODY}, told.entity FROM (VALUES ('kits'), ('kit_files')) told(entity)",
    **dict.fromkeys(
        ("visits_topic", "cases_category", "diagnosis_crop", "diagnosis_condition"), f"SELECT {EVERYBODY}, 'reference'"
    ),
}
"""For a row `c` of each table: whose phone carries something that it changes, and of which entity."""

EVENTS = {
    "made": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed",
    "gone": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed",
    "was": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS changed",
    "became": "AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed",
}

FUNCTION = """
CREATE FUNCTION sync_note_{table}() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
    INSERT INTO sync_change (audience, xid, entity, at)
    SELECT DISTINCT said.person, pg_current_xact_id()::text::bigint, said.entity, now()
    FROM changed c CROSS JOIN LATERAL ({audiences}) said(person, entity)
    WHERE said.person IS NOT NULL AND NOT EXISTS (
        SELECT FROM sync_change known WHERE known.audience = said.person
        AND known.xid = pg_current_xact_id()::text::bigint AND known.entity = said.entity);
    RETURN NULL;
END
$note$
"""

INDEXES = {
    "sync_change_of_audience": "CREATE INDEX {name} ON sync_change (audience, xid)",
    "sync_change_by_day": "CREATE INDEX {name} ON sync_change USING brin (at)",
    "sync_view_of_phone": "CREATE INDEX {name} ON sync_view (person, made_at)",
    "sync_command_waiting": "CREATE INDEX {name} ON sync_command (received_at) WHERE outcome = 'waiting'",
    "sync_command_by_age": "CREATE INDEX {name} ON sync_command (received_at)",
    "sync_conflict_open": "CREATE INDEX {name} ON sync_conflict (division_code, opened_at) WHERE decided_at IS NULL",
    "sync_author_key_of_person": "CREATE INDEX {name} ON sync_author_key (person)",
}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)

    async def run():
        for name, statement in INDEXES.items():
            await engine.run_ddl(statement.format(name=name))
        for table, audiences in AUDIENCES.items():
            await engine.run_ddl(FUNCTION.format(table=table, audiences=audiences))
            for event, when in EVENTS.items():
                await engine.run_ddl(
                    f"CREATE TRIGGER sync_note_{event} {when.format(table=table)} "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION sync_note_{table}()"
                )

    async def undo():
        for table in AUDIENCES:
            await engine.run_ddl(f"DROP FUNCTION sync_note_{table}() CASCADE")
        for name in INDEXES:
            await engine.run_ddl(f"DROP INDEX IF EXISTS {name}")

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
