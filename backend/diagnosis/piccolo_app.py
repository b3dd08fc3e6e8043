"""The room's tables, for Piccolo's migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="diagnosis",
    migrations_folder_path=Path(__file__).parent / "piccolo_migrations",
    table_classes=table_finder(
        [f"backend.diagnosis.{each}tables" for each in ("reference_", "", "routing_", "answer_", "outbreak_")],
        exclude_imported=True,
    ),
    migration_dependencies=["backend.cases.piccolo_app"],
)
