"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="cases",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(
        [f"backend.cases.{each}tables" for each in ("", "meeting_", "suggestion_", "hot_spot_", "blind_")],
        exclude_imported=True,
    ),
    migration_dependencies=["backend.deadlines.piccolo_app", "backend.media.piccolo_app"],
)
