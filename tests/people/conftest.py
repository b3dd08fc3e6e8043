"""The room behind HTTP, without the other rooms."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from backend.core.logs import RequestContext
from backend.core.problems import HANDLERS
from backend.people.routes import router
from tests.cast import Cast


@pytest.fixture
async def people(cast: Cast) -> AsyncIterator[AsyncClient]:
    """A client of the room's own routes, with the cast in the database.

    httpx and not Litestar's own test client: that one runs the app in another event loop than the pool's.
    """
    app = Litestar(
        [router], exception_handlers=HANDLERS, middleware=[RequestContext], openapi_config=None, logging_config=None
    )
    async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver.local") as client:
        yield client
