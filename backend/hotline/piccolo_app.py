"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

_TABLES = (
    "line",
    "call",
    "text",
    "callback",
    "transfer",
    "shift_note",
    "flow_slip",
    "firm",
    "unit_talk",
    "pledge",
    "survey",
)

APP_CONFIG = AppConfig(
    app_name="hotline",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder([f"backend.hotline.{each}_tables" for each in _TABLES], exclude_imported=True),
    migration_dependencies=["backend.antifraud.piccolo_app"],
)
