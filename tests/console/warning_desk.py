"""The warnings' pages as a browser without scripts has them, beside a police centre that posts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Router

from backend.console import refused as console_refused
from backend.console import sign_in, today
from backend.console.warnings import routes
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.console.bench_desk import Desk

WARNINGS = "/console/warnings"
PAGES = Router(
    path="/",
    route_handlers=[routes.router, today.router, sign_in.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@asynccontextmanager
async def warning_desk() -> AsyncIterator[Desk]:
    """In front of them, as nobody yet."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield Desk(client)
