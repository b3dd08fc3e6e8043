"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="visits",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(
        ["backend.visits.tables", "backend.visits.campaign_tables", "backend.visits.spot_check_tables"],
        exclude_imported=True,
    ),
    migration_dependencies=["backend.cases.piccolo_app", "backend.media.piccolo_app"],
)
