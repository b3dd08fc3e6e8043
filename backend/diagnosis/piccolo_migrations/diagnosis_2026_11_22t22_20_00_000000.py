"""Names that hold a banned one and are something else: 丁硫克百威 is not 克百威."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Array, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T22:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "names that hold a banned one and are something else"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="diagnosis", description=DESCRIPTION)

    manager.add_column(
        table_class_name="PesticideBan",
        tablename="diagnosis_pesticide_ban",
        column_name="not_in",
        db_column_name="not_in",
        column_class_name="Array",
        column_class=Array,
        params={
            "default": list,
            "base_column": Varchar(
                length=60,
                default="",
                null=False,
                primary_key=False,
                unique=False,
                index=False,
                index_method=IndexMethod.btree,
                choices=None,
                db_column_name=None,
                secret=False,
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
