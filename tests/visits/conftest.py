"""What the tests of this room stand on, beside the cast."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from backend.people.actors import Actor
from backend.people.sessions import access_token_for
from backend.visits.routes import router
from tests.application import application
from tests.cast import Cast
from tests.visits.fieldwork import Fieldwork


@pytest.fixture
async def fieldwork(cast: Cast) -> Fieldwork:
    """The cast, a second township, and not one contact so far."""
    made = Fieldwork(cast)
    await made.open_township()
    return made


@pytest.fixture
async def wire(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the room's own routes, with the cast in the database."""
    app = application(router)
    base_url = "http://test/api/v1/visits"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url) as client:
        yield client


@pytest.fixture
def as_() -> Callable[[Actor], Awaitable[dict[str, str]]]:
    """Headers of somebody signed in: `await as_(cast.cadre)`."""

    async def headers(actor: Actor) -> dict[str, str]:
        token = await access_token_for(person_id=actor.person_id, valid_for=timedelta(minutes=5))
        return {"Authorization": f"Bearer {token}"}

    return headers
