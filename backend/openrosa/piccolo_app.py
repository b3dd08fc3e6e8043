"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="openrosa",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(["backend.openrosa.tables"], exclude_imported=True),
    migration_dependencies=[f"backend.{room}.piccolo_app" for room in ("visits", "diagnosis", "antifraud")],
)
