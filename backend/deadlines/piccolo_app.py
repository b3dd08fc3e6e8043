"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="deadlines",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(
        [
            "backend.deadlines.calendar_tables",
            "backend.deadlines.policy_tables",
            "backend.deadlines.tables",
            "backend.deadlines.expedite_tables",
            "backend.deadlines.recalculation_tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=["backend.rosters.piccolo_app"],
)
