"""In front of the pages of a round at the door and of letters, as a browser without scripts has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import httpx
from litestar import Router

from backend.console import refused
from backend.console.outreach import letters, letters_moving, letters_printing, round, round_saving
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.console.bench_desk import Desk


@cache
def round_pages() -> Router:
    """The pages as the program serves them."""
    return Router(
        path="/console",
        route_handlers=[
            *(*round.HANDLERS, *round_saving.HANDLERS),
            *(*letters.HANDLERS, *letters_moving.HANDLERS, *letters_printing.HANDLERS),
        ],
        dependencies=NEEDS_SIGN_IN,
        exception_handlers=refused.HANDLERS,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def round_desk() -> AsyncIterator[Desk]:
    """Nobody is signed in yet."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application(round_pages())), base_url="http://test"
    ) as client:
        yield Desk(client)
