from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import UUID, ForeignKey
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check
from piccolo.table import Table


class Request(Table, tablename="diagnosis_request", schema=None):
    id = UUID(
        default=UUID4(),
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


ID = "2026-11-22T22:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a submission may become a diagnosis request"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="openrosa", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Submission",
        tablename="openrosa_submission",
        column_name="diagnosis_request",
        db_column_name="diagnosis_request",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": Request,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
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

    manager.add_constraint(
        table_class_name="Submission",
        tablename="openrosa_submission",
        constraint_name="submission_became_one_record",
        constraint_class=Check,
        params={"condition": "num_nonnulls(visit, diagnosis_request) <= 1"},
        schema=None,
    )

    return manager
