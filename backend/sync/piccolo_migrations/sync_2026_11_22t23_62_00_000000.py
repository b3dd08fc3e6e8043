"""A view says after which it was made, so that those which a phone has passed are told by that and not by moments.

By moments, a server whose clock was two seconds behind dropped the view that it had just made, and a phone that came to
it for its second page started anew, for ever; and two phones with one sign-in dropped each other's.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import UUID
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T23:62:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "after which view a view was made"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)
    manager.add_column(
        table_class_name="View",
        tablename="sync_view",
        column_name="after",
        db_column_name="after",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )
    return manager
