"""The stations' pages as a browser without scripts has them, in front of the market town."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Router

from backend.console import refused as console_refused
from backend.console import sign_in
from backend.console.stations import routes
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.console.bench_desk import Desk

STATIONS = "/console/stations"
PAGES = Router(
    path="/",
    route_handlers=[routes.router, sign_in.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@asynccontextmanager
async def station_desk() -> AsyncIterator[Desk]:
    """As nobody yet."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield Desk(client)
