"""What the tests of this room stand on, beside the cast."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.tasks.routes import router
from tests.application import application
from tests.cast import Cast


@pytest.fixture
async def wire(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the room's own routes, with the cast in the database."""
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client
