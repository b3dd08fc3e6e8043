from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import UUID, ForeignKey
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check
from piccolo.table import Table


class Round(Table, tablename="antifraud_round", schema=None):
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


ID = "2026-11-22T23:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a submission may become a door of a round"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="openrosa", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Submission",
        tablename="openrosa_submission",
        column_name="antifraud_round",
        db_column_name="antifraud_round",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": Round,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="Submission",
        tablename="openrosa_submission",
        constraint_name="submission_became_one_record",
        schema=None,
    )

    manager.add_constraint(
        table_class_name="Submission",
        tablename="openrosa_submission",
        constraint_name="submission_became_at_most_one",
        constraint_class=Check,
        params={"condition": "num_nonnulls(visit, diagnosis_request, antifraud_round) <= 1"},
        schema=None,
    )

    return manager
