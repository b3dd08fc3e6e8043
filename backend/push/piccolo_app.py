"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="push",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(
        [
            "backend.push.tables",
            "backend.push.tables_addresses",
            "backend.push.tables_citizens",
            "backend.push.tables_providers",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=["backend.tasks.piccolo_app"],
)
