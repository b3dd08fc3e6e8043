"""Where Piccolo looks for the engine and for each room's tables."""

from piccolo.conf.apps import AppRegistry

from backend.core.database import engine

DB = engine

APP_REGISTRY = AppRegistry(
    apps=[
        "backend.core.piccolo_app",
        "backend.territory.piccolo_app",
        "backend.people.piccolo_app",
        "backend.tasks.piccolo_app",
        "backend.media.piccolo_app",
        "backend.push.piccolo_app",
        "backend.rosters.piccolo_app",
        "backend.kits.piccolo_app",
        "backend.deadlines.piccolo_app",
        "backend.cases.piccolo_app",
        "backend.alerts.piccolo_app",
        "backend.visits.piccolo_app",
        "backend.diagnosis.piccolo_app",
        "backend.laboratory.piccolo_app",
        "backend.antifraud.piccolo_app",
        "backend.hotline.piccolo_app",
        "backend.openrosa.piccolo_app",
        "backend.open311.piccolo_app",
        "backend.sync.piccolo_app",
    ]
)
