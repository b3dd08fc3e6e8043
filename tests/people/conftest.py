"""The room behind HTTP, without the other rooms."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient

from backend.core.logs import RequestContext
from backend.people.routes import router
from tests.application import application
from tests.cast import Cast


@pytest.fixture
async def people(cast: Cast) -> AsyncIterator[AsyncClient]:
    """A client of the room's own routes, with the cast in the database.

    httpx and not Litestar's own test client: that one runs the app in another event loop than the pool's.
    """
    app = RequestContext(application(router))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver.local") as client:
        yield client
