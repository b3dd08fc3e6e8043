from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-22T23:42:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what a submission became is said by kind and id"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="openrosa", description=DESCRIPTION)

    manager.drop_column(
        table_class_name="Submission",
        tablename="openrosa_submission",
        column_name="antifraud_round",
        db_column_name="antifraud_round",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Submission",
        tablename="openrosa_submission",
        column_name="diagnosis_request",
        db_column_name="diagnosis_request",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Submission",
        tablename="openrosa_submission",
        column_name="visit",
        db_column_name="visit",
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="Submission",
        tablename="openrosa_submission",
        constraint_name="submission_became_at_most_one",
        schema=None,
    )

    return manager
