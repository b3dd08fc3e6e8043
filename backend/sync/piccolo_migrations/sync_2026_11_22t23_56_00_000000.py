"""How far a phone's clock was ahead when it sent a command: one that waits for its photo is still dated rightly."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Interval
from piccolo.columns.defaults.interval import IntervalCustom
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T23:56:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "how far a phone clock was ahead when it sent a command"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sync", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Command",
        tablename="sync_command",
        column_name="ahead",
        db_column_name="ahead",
        column_class_name="Interval",
        column_class=Interval,
        params={
            "default": IntervalCustom(
                weeks=0,
                days=0,
                hours=0,
                minutes=0,
                seconds=0,
                milliseconds=0,
                microseconds=0,
            ),
            "null": False,
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
