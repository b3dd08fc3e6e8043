"""A trigger that revokes a person's author keys when he signs out everywhere, as his tokens are void then too.

`session_epoch` moves when somebody signs out everywhere, sets a new password or is shut out: the room below does not
know of these keys, so they listen.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T23:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "author keys end with the sign-ins"

FUNCTION = """
CREATE FUNCTION sync_revoke_author_keys() RETURNS trigger LANGUAGE plpgsql AS $revoke$
BEGIN
    UPDATE sync_author_key SET revoked_at = now() WHERE person = NEW.id AND revoked_at IS NULL;
    RETURN NULL;
END
$revoke$
"""

TRIGGER = """
CREATE TRIGGER sync_revoke_author_keys AFTER UPDATE OF session_epoch ON people_person
FOR EACH ROW WHEN (NEW.session_epoch <> OLD.session_epoch) EXECUTE FUNCTION sync_revoke_author_keys()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)

    async def run():
        await engine.run_ddl(FUNCTION)
        await engine.run_ddl(TRIGGER)

    async def undo():
        await engine.run_ddl("DROP FUNCTION sync_revoke_author_keys() CASCADE")

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
