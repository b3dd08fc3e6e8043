"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="sync",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(["backend.sync.tables"], exclude_imported=True),
    migration_dependencies=[
        "backend.people.piccolo_app",
        "backend.tasks.piccolo_app",
        "backend.rosters.piccolo_app",
        "backend.kits.piccolo_app",
        "backend.deadlines.piccolo_app",
        "backend.cases.piccolo_app",
        "backend.alerts.piccolo_app",
        "backend.visits.piccolo_app",
        "backend.diagnosis.piccolo_app",
        "backend.antifraud.piccolo_app",
    ],
)
