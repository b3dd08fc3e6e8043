"""The duty desk's pages as a browser without scripts has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Litestar, Router

from backend.console import case, case_opening, intake, sign_in, today
from backend.console import refused as console_refused
from backend.console.desk import routes
from backend.core.problems import HANDLERS
from backend.people.guards import NEEDS_SIGN_IN
from tests.console.bench_desk import Desk

DUTY = "/console/desk"


@asynccontextmanager
async def duty_desk() -> AsyncIterator[Desk]:
    """In front of them, as nobody yet."""
    console = Router(path="/console", route_handlers=[*case_opening.HANDLERS, *case.HANDLERS])
    pages = Router(
        path="/",
        route_handlers=[routes.router, console, intake.router, today.router, sign_in.router],
        dependencies=NEEDS_SIGN_IN,
        exception_handlers=console_refused.HANDLERS,  # type: ignore[arg-type]
    )
    app = Litestar([pages], exception_handlers=HANDLERS, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Desk(client)
