"""In front of the pages of a round at the door and of letters, as a browser without scripts has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Litestar, Router

from backend.console import refused
from backend.console.outreach import letters, letters_moving, round, round_saving
from backend.core.problems import HANDLERS
from backend.people.guards import NEEDS_SIGN_IN
from tests.console.bench_desk import Desk


def round_pages() -> Router:
    """The pages as the program serves them."""
    return Router(
        path="/console",
        route_handlers=[*round.HANDLERS, *round_saving.HANDLERS, *letters.HANDLERS, *letters_moving.HANDLERS],
        dependencies=NEEDS_SIGN_IN,
        exception_handlers=refused.HANDLERS,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def round_desk() -> AsyncIterator[Desk]:
    """Nobody is signed in yet."""
    app = Litestar([round_pages()], exception_handlers=HANDLERS, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Desk(client)
