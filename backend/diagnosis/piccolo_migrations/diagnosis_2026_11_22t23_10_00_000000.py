from enum import Enum

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar

ID = "2026-11-22T23:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "why an offer is refused has a name of its own"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="diagnosis", description=DESCRIPTION)

    manager.alter_column(
        table_class_name="Offer",
        tablename="diagnosis_offer",
        column_name="reason",
        db_column_name="reason",
        params={
            "choices": Enum(
                "RefusalReason",
                {
                    "NOT_MY_FIELD": "not_my_field",
                    "NO_TIME": "no_time",
                    "KNOWS_THE_FARMER": "knows_the_farmer",
                    "OTHER": "other",
                },
            )
        },
        old_params={
            "choices": Enum(
                "DeclineReason",
                {
                    "NOT_MY_FIELD": "not_my_field",
                    "NO_TIME": "no_time",
                    "KNOWS_THE_FARMER": "knows_the_farmer",
                    "OTHER": "other",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    return manager
