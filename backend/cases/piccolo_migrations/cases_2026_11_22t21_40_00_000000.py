from enum import Enum

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar

ID = "2026-11-22T21:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a case may be a diagnosis"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    manager.alter_column(
        table_class_name="Case",
        tablename="cases_case",
        column_name="kind",
        db_column_name="kind",
        params={
            "choices": Enum(
                "CaseKind",
                {
                    "REQUEST": "request",
                    "QUESTION": "question",
                    "COMPLAINT": "complaint",
                    "SUGGESTION": "suggestion",
                    "DIAGNOSIS": "diagnosis",
                },
            )
        },
        old_params={
            "choices": Enum(
                "CaseKind",
                {
                    "REQUEST": "request",
                    "QUESTION": "question",
                    "COMPLAINT": "complaint",
                    "SUGGESTION": "suggestion",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    return manager
