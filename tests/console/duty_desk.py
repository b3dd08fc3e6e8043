"""The duty desk's pages as a browser without scripts has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Router

from backend.console import case, case_opening, intake, sign_in, today
from backend.console import refused as console_refused
from backend.console.desk import routes
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.console.bench_desk import Desk

DUTY = "/console/desk"
PAGES = Router(
    path="/",
    route_handlers=[
        *(routes.router, intake.router, today.router, sign_in.router),
        Router(path="/console", route_handlers=[*case_opening.HANDLERS, *case.HANDLERS]),
    ],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
)


@asynccontextmanager
async def duty_desk() -> AsyncIterator[Desk]:
    """In front of them, as nobody yet."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(PAGES)), base_url="http://test") as client:
        yield Desk(client)
