"""A real HTTP server on loopback, because half of what OpenRosa promises is about bytes on the wire."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.core import ids
from backend.core.settings import settings
from backend.openrosa import routes
from backend.people.keys import make_access_key
from backend.territory.tables import Division
from backend.visits.campaign_tables import Campaign
from tests.application import application
from tests.cast import COUNTY
from tests.serving import CERTIFICATES, on_loopback

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture(scope="session")
async def served(pool: None, published: None) -> AsyncIterator[str]:
    """Where the room is served, by uvicorn as in production."""
    async with on_loopback(application(routes.router)) as url:
        yield url


@pytest.fixture
async def campaign(cast) -> None:
    """访群众 of the whole county, open when the recorded visit happened."""
    county = await Division.select(Division.id).where(Division.code == COUNTY).first()
    row = Campaign(
        id=ids.uuid7(),
        code="2026-people",
        name="访群众",
        kind="people",
        division=county["id"],
        valid_from=date(2026, 9, 1),
        valid_to=date(2026, 12, 31),
        source="invented",
    )
    await Campaign.insert(row)


@pytest.fixture
async def phone(served, cast, campaign) -> AsyncIterator[httpx.AsyncClient]:
    """The cadre's ODK Collect, set up by the QR with a key."""
    key = await make_access_key(person_id=cast.cadre.person_id, purpose="odk-collect")
    async with httpx.AsyncClient(base_url=f"{served}/openrosa/key/{key}", timeout=20, verify=CERTIFICATES) as client:
        yield client


@pytest.fixture
async def phone_of(served) -> AsyncIterator[Callable[..., Any]]:
    """Somebody else's phone: `await phone_of(cast.stranger)`."""
    clients: list[httpx.AsyncClient] = []

    async def client(actor) -> httpx.AsyncClient:
        key = await make_access_key(person_id=actor.person_id, purpose="odk-collect")
        clients.append(httpx.AsyncClient(base_url=f"{served}/openrosa/key/{key}", timeout=20, verify=CERTIFICATES))
        return clients[-1]

    yield client
    for one in clients:
        await one.aclose()


@dataclass(frozen=True)
class Recorded:
    """The request that tests/openrosa/recorded/README.md tells about."""

    path: str
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    head = json.loads((RECORDED / "headers.json").read_text())
    return Recorded(head["path"], head["headers"], (RECORDED / "body.bin").read_bytes())


@pytest.fixture
def photo_objects() -> Callable[[], set[str]]:
    """Paths of what lies in the store for photos."""
    root = Path(settings().storage.removeprefix("file://"))
    return lambda: {str(path.relative_to(root)) for path in root.glob("media/**/*") if path.is_file()}
