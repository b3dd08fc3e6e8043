"""The room's addresses: its pages, and what they carry."""

from pathlib import Path
from typing import Any

import litestar_offline_docs
from litestar import Response, Router, get
from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from xstatic.pkg import leaflet, leaflet_markercluster

from backend.console import (
    bench_charts,
    bench_figures,
    bench_routes,
    bench_trends,
    calendars,
    cases,
    citizen_warnings,
    citizen_warnings_desk,
    clinic_request,
    collect,
    deadlines,
    experts,
    farmer_door,
    guide,
    guide_operations,
    hot_spots,
    household,
    intake,
    log,
    map,
    meetings,
    notices,
    outbreaks,
    partners,
    phone_calendars,
    photos,
    pledges_page,
    recalculations,
    receipt,
    refused,
    report_page,
    roster,
    sign_in,
    slip_page,
    soil_page,
    suggestions,
    tasks_overview,
    telling,
    today,
    visit,
    visitor_page,
)
from backend.console.alerts import routes as alerts
from backend.console.antifraud import routes as antifraud
from backend.console.conflicts import routes as conflicts
from backend.console.desk import routes as desk
from backend.console.kits import routes as kits
from backend.console.outreach import routes as outreach
from backend.console.pages import LEAFLET, static_path
from backend.console.stations import everybody
from backend.console.stations import routes as stations
from backend.console.submissions import routes as submissions
from backend.console.warnings import routes as warnings
from backend.people.guards import NEEDS_SIGN_IN

STATIC = Path(__file__).parent / "static"
FOR_A_YEAR = "public, max-age=31536000, immutable"


@get("/", include_in_schema=False)
async def show_front() -> Redirect:
    """The bare address."""
    return Redirect("/console/today", status_code=303)


@get("/console/service-worker.js", include_in_schema=False, media_type="text/javascript")
async def show_service_worker() -> Response[bytes]:
    """At this address, so that it may look after /console/ and nothing else. Always asked for anew."""
    return Response(
        (STATIC / "service-worker.js").read_bytes(), media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


def _files(path: str, *folders: Path) -> Router:
    return create_static_files_router(
        path=path,
        directories=list(folders),
        include_in_schema=False,
        name=path,
        cache_control=None,
        after_request=_kept_for_a_year,
    )


async def _kept_for_a_year(response: Response[Any]) -> Response[Any]:
    response.headers["Cache-Control"] = FOR_A_YEAR
    return response


pages = Router(
    path="/",
    route_handlers=[
        *(show_front, sign_in.router, today.router, log.router, map.router, photos.router, visit.router),
        household.router,
        *(roster.router, phone_calendars.router, collect.router),
        notices.router,
        alerts.router,
        deadlines.router,
        cases.router,
        *(calendars.router, recalculations.router, meetings.router, suggestions.router, hot_spots.router),
        *(intake.router, telling.router, citizen_warnings_desk.router),
        tasks_overview.router,
        partners.router,
        stations.router,
        conflicts.router,
        submissions.router,
        kits.router,
        *(clinic_request.router, experts.router, outbreaks.router),
        *(antifraud.router, desk.router),
        bench_routes.router,
        *(bench_charts.router, bench_figures.router, bench_trends.router),
        outreach.router,
        warnings.router,
    ],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=refused.HANDLERS,  # type: ignore[arg-type]
)

router = Router(
    path="/",
    route_handlers=[
        pages,
        receipt.router,
        *(farmer_door.router, citizen_warnings.router),
        *(slip_page.router, report_page.router, soil_page.router, visitor_page.router),
        *(pledges_page.router, everybody.router),
        guide.router,
        guide_operations.router,
        show_service_worker,
        _files(static_path(), STATIC),
        _files(LEAFLET, Path(leaflet.BASE_DIR), Path(leaflet_markercluster.BASE_DIR)),
        _files("/docs/assets", Path(litestar_offline_docs.__file__).parent / "static"),
    ],
)
