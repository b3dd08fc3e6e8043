"""The whole house as one ASGI application: every room's routes, one way to refuse, one pool for its lifetime."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router

import backend.alerts.routes
import backend.antifraud.fraud_routes
import backend.antifraud.letter_routes
import backend.antifraud.library_routes
import backend.antifraud.outreach_routes
import backend.antifraud.round_routes
import backend.antifraud.visitor_routes
import backend.antifraud.warning_post_routes
import backend.antifraud.warning_routes
import backend.cases.loop_routes
import backend.cases.pair_routes
import backend.cases.receipt_routes
import backend.cases.routes
import backend.cases.step_routes
import backend.cases.suggestion_routes
import backend.console.routes
import backend.deadlines.routes
import backend.diagnosis.answer_routes
import backend.diagnosis.expert_routes
import backend.diagnosis.figure_routes
import backend.diagnosis.offer_routes
import backend.diagnosis.outbreak_routes
import backend.diagnosis.routes
import backend.feeds.calendars
import backend.feeds.routes
import backend.feeds.warnings
import backend.hotline.call_routes
import backend.hotline.callback_routes
import backend.hotline.firm_routes
import backend.hotline.flow_slip_routes
import backend.hotline.line_routes
import backend.hotline.pledge_routes
import backend.hotline.retention_rules
import backend.hotline.shift_note_routes
import backend.hotline.survey_routes
import backend.hotline.text_routes
import backend.hotline.transfer_routes
import backend.hotline.unit_talk_routes
import backend.kits.routes
import backend.laboratory.advice_routes
import backend.laboratory.cutoff_routes
import backend.laboratory.export_routes
import backend.laboratory.import_routes
import backend.laboratory.instrument_routes
import backend.laboratory.live_routes
import backend.laboratory.month_routes
import backend.laboratory.public_routes
import backend.laboratory.report_routes
import backend.laboratory.result_routes
import backend.laboratory.retest_routes
import backend.laboratory.run_routes
import backend.laboratory.sample_routes
import backend.laboratory.second_look_routes
import backend.laboratory.trend_routes
import backend.media.download_routes
import backend.media.routes
import backend.media.uploads_routes
import backend.media.uploads_sweeping  # registers its job
import backend.open311.partner_routes
import backend.open311.routes
import backend.openrosa.collect_routes
import backend.openrosa.routes
import backend.openrosa.submission_routes
import backend.people.routes
import backend.push.routes
import backend.rosters.calendar_routes
import backend.rosters.market_routes
import backend.rosters.routes
import backend.rosters.station_hours_routes
import backend.sync.author_key_routes
import backend.sync.conflict_routes
import backend.sync.routes
import backend.tasks.routes
import backend.territory.routes
import backend.visits.need_routes
import backend.visits.oversight_routes
import backend.visits.routes
from backend.core import database, health, job_worker, logs
from backend.core.compression import compression
from backend.core.problems import HANDLERS
from backend.core.settings import Settings, settings
from backend.media.uploads_dialect import Tus
from backend.openapi import introduction
from backend.people.guards import NEEDS_SIGN_IN

VERSION = "0.1.0"

ROUTERS = [
    health.router,
    # territory lies below people and cannot name who is asking; it is told here
    Router("/", route_handlers=[backend.territory.routes.router], dependencies=NEEDS_SIGN_IN),
    backend.people.routes.router,
    backend.media.routes.router,
    backend.media.download_routes.router,
    backend.media.download_routes.signed_router,
    backend.media.uploads_routes.router,
    backend.tasks.routes.router,
    backend.push.routes.router,
    backend.rosters.routes.router,
    backend.rosters.calendar_routes.router,
    backend.rosters.station_hours_routes.router,
    backend.rosters.market_routes.router,
    backend.kits.routes.router,
    backend.deadlines.routes.router,
    backend.cases.routes.router,
    backend.cases.step_routes.router,
    backend.cases.loop_routes.router,
    backend.cases.suggestion_routes.router,
    backend.cases.pair_routes.router,
    backend.cases.receipt_routes.router,
    backend.cases.receipt_routes.public_router,
    backend.alerts.routes.router,
    backend.visits.routes.router,
    backend.visits.need_routes.router,
    backend.visits.oversight_routes.router,
    backend.diagnosis.routes.router,
    backend.diagnosis.outbreak_routes.router,
    backend.diagnosis.figure_routes.router,
    backend.diagnosis.answer_routes.router,
    backend.diagnosis.expert_routes.router,
    backend.diagnosis.offer_routes.router,
    backend.laboratory.trend_routes.router,
    backend.laboratory.month_routes.router,
    backend.laboratory.public_routes.router,
    backend.laboratory.sample_routes.router,
    backend.laboratory.instrument_routes.router,
    backend.laboratory.run_routes.router,
    backend.laboratory.result_routes.router,
    backend.laboratory.retest_routes.router,
    backend.laboratory.second_look_routes.router,
    backend.laboratory.cutoff_routes.router,
    backend.laboratory.report_routes.router,
    backend.laboratory.advice_routes.router,
    backend.laboratory.export_routes.router,
    backend.laboratory.report_routes.public_router,
    backend.laboratory.live_routes.router,
    backend.laboratory.import_routes.router,
    backend.antifraud.round_routes.router,
    backend.antifraud.library_routes.router,
    backend.antifraud.visitor_routes.router,
    backend.antifraud.visitor_routes.public_router,
    backend.antifraud.letter_routes.router,
    backend.antifraud.warning_routes.router,
    backend.antifraud.warning_post_routes.router,
    backend.antifraud.outreach_routes.router,
    backend.antifraud.fraud_routes.router,
    backend.hotline.callback_routes.router,
    backend.hotline.firm_routes.router,
    backend.hotline.call_routes.router,
    backend.hotline.line_routes.router,
    backend.hotline.pledge_routes.router,
    backend.hotline.survey_routes.router,
    backend.hotline.transfer_routes.router,
    backend.hotline.unit_talk_routes.router,
    backend.hotline.text_routes.router,
    backend.hotline.flow_slip_routes.router,
    backend.hotline.shift_note_routes.router,
    backend.openrosa.routes.router,
    backend.openrosa.submission_routes.router,
    backend.openrosa.collect_routes.router,
    backend.open311.routes.router,
    backend.open311.partner_routes.router,
    backend.feeds.routes.router,
    backend.feeds.warnings.router,
    backend.feeds.calendars.router,
    backend.sync.routes.router,
    backend.sync.author_key_routes.router,
    backend.sync.conflict_routes.router,
    backend.console.routes.router,
]


NOT_COMPRESSED = [
    *("/uploads", "/api/v1/visits/batch", "/api/v1/photos/.+", "/api/v1/my/notices/stream", "/media"),
    "/api/v1/diagnosis/learning-set",
    "/api/v1/kits/[^/]+/bundle",
]
"""What is compressed already, is asked for in ranges, or is streamed line by line."""


def create_app(*, worker: bool = False) -> Litestar:
    """The application. With `worker`, this process also works the job queue (`lianxin serve`)."""
    chosen = settings()
    app = Litestar(
        route_handlers=ROUTERS,
        lifespan=[_pool, *([_worker] if worker else [])],
        exception_handlers=HANDLERS,
        openapi_config=introduction.config(VERSION),
        compression_config=compression(exclude=NOT_COMPRESSED),
        request_max_body_size=chosen.request_max_bytes,
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = logs.RequestContext(Tus(app.asgi_handler))  # outermost, so that a 404 is told and numbered too
    return app


@asynccontextmanager
async def _pool(_: Litestar) -> AsyncIterator[None]:
    await connect(settings())
    yield
    await database.disconnect()


async def connect(chosen: Settings) -> None:
    """Open the pool as the settings say."""
    await database.connect(
        chosen.database_url, pool_size=chosen.pool_size, acquire_timeout_s=chosen.pool_acquire_timeout_s
    )


@asynccontextmanager
async def _worker(_: Litestar) -> AsyncIterator[None]:
    stop = asyncio.Event()
    working = asyncio.create_task(job_worker.worker(stop))
    yield
    stop.set()
    await working
