"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="people",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(
        ["backend.people.tables", "backend.people.household_tables", "backend.people.access_tables"],
        exclude_imported=True,
    ),
    migration_dependencies=["backend.territory.piccolo_app"],
)
