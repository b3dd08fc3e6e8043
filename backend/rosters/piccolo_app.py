"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

_TABLES = ("duty_rule_tables", "tables", "swap_tables", "leave_tables", "station_tables")

APP_CONFIG = AppConfig(
    app_name="rosters",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder([f"backend.rosters.{each}" for each in _TABLES], exclude_imported=True),
    migration_dependencies=["backend.push.piccolo_app"],
)
