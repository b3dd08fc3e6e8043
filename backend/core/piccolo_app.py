"""The ground floor has no tables of its own but the job queue's, which its migration makes."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="core",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=[],
    migration_dependencies=[],
)
