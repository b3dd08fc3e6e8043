"""One cadre per household and day, and the look-ups of every request."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes and the one-cadre rule"

FORWARDS = (
    'ALTER TABLE people_household ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "CREATE INDEX people_household_division ON people_household (division_code, code)",
    "CREATE INDEX people_household_phone ON people_household (contact_phone_index) WHERE contact_phone_index IS NOT NULL",
    "CREATE INDEX people_role_assignment_person ON people_role_assignment (person)",
    "ALTER TABLE people_household_service ADD CONSTRAINT one_cadre_per_household EXCLUDE USING gist (household WITH =, daterange(valid_from, valid_to, '[]') WITH &&)",
    "CREATE INDEX people_household_service_person ON people_household_service (person, valid_from)",
    "CREATE INDEX people_household_amendment_household ON people_household_amendment (household, at)",
    "CREATE INDEX people_consent_household ON people_consent (household, at)",
    "CREATE INDEX people_access_log_subject ON people_access_log (subject_id, at)",
    "CREATE INDEX people_access_log_person ON people_access_log (person, at)",
    "CREATE INDEX people_refresh_token_family ON people_refresh_token (family)",
    "CREATE INDEX people_refresh_token_person ON people_refresh_token (person)",
    "CREATE INDEX people_device_person ON people_device (person)",
)

BACKWARDS = (
    "DROP INDEX people_device_person",
    "DROP INDEX people_refresh_token_person",
    "DROP INDEX people_refresh_token_family",
    "DROP INDEX people_access_log_person",
    "DROP INDEX people_access_log_subject",
    "DROP INDEX people_consent_household",
    "DROP INDEX people_household_amendment_household",
    "DROP INDEX people_household_service_person",
    "ALTER TABLE people_household_service DROP CONSTRAINT one_cadre_per_household",
    "DROP INDEX people_role_assignment_person",
    "DROP INDEX people_household_phone",
    "DROP INDEX people_household_division",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="people", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
