"""Media's own routes over HTTP, and the objects that lie in the store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from backend.core.database import fetch
from backend.core.settings import settings
from backend.media import download_routes, looking, routes
from tests.application import application

PHOTOS = Path(__file__).parent / "photos"


@pytest.fixture
def photo() -> bytes:
    """1600 x 1200 as stored, upright 1200 x 1600, with GPS and time."""
    return (PHOTOS / "orientation_6_gps.jpg").read_bytes()


@pytest.fixture
def objects() -> Callable[[], dict[str, bytes]]:
    """What lies in the store for photos, by path."""
    root = Path(settings().storage.removeprefix("file://"))
    return lambda: {
        str(path.relative_to(root)): path.read_bytes() for path in root.glob("media/**/*") if path.is_file()
    }


@pytest.fixture
def verdicts() -> Callable[[], Awaitable[list[int]]]:
    """Do the jobs that wait for a look, as the worker would; the priorities they had, in its order."""

    async def work() -> list[int]:
        rows = await fetch("DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload, priority, id", looking.LOOK)
        for row in sorted(rows, key=lambda row: (-row["priority"], row["id"])):
            await looking.look(msgspec.json.decode(row["payload"], type=looking.Look))
        return [row["priority"] for row in rows]

    return work


@pytest.fixture
async def wire(cast) -> AsyncIterator[httpx.AsyncClient]:
    app = application(routes.router, download_routes.router, download_routes.signed_router)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1/photos") as client:
        yield client
