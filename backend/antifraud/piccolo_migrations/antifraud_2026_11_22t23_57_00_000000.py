"""When a warning was taken and closed by a phone that was offline, beside when that came: clocks go by the latter."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T23:57:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "when a warning was taken and closed offline"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="antifraud", description=DESCRIPTION)

    manager.add_column(
        table_class_name="FraudWarning",
        tablename="antifraud_warning",
        column_name="acknowledge_done_at",
        db_column_name="acknowledge_done_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
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

    manager.add_column(
        table_class_name="FraudWarning",
        tablename="antifraud_warning",
        column_name="close_done_at",
        db_column_name="close_done_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
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
