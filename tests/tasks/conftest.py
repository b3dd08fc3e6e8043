"""What the tests of this room stand on, beside the cast."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.tasks.routes import router
from tests.application import application
from tests.cast import Cast


@pytest.fixture
async def wire(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the room's own routes, with the cast in the database."""
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


@pytest.fixture
def as_() -> Callable[[Actor], Awaitable[dict[str, str]]]:
    """Headers of somebody signed in: `await as_(cast.cadre)`."""

    async def headers(actor: Actor) -> dict[str, str]:
        token = await access_token_for(person_id=actor.person_id, valid_for=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}

    return headers
