"""A phone, the pieces that lie in the store, and a line that can be cut anywhere."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from backend.core.settings import settings
from backend.media import download_routes, routes, uploads_routes
from backend.media.uploads_dialect import Tus
from backend.people.sessions import access_token_for
from tests.application import application
from tests.media.uploads.nodes import Nodes
from tests.media.uploads.phone import BYTES, TUS, Phone


@pytest.fixture
def app() -> Tus:
    return Tus(application(uploads_routes.router, routes.router, download_routes.router))


@pytest.fixture
async def client(app: Tus, cast) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://phones.test") as client:
        yield client


@pytest.fixture
def phone_of(client, as_):
    async def of(actor) -> Phone:
        return Phone(client, await as_(actor))

    return of


@pytest.fixture
async def phone(phone_of, cast) -> Phone:
    return await phone_of(cast.cadre)


@pytest.fixture
def pieces() -> Callable[[], dict[str, bytes]]:
    """What lies in the store for uploads under way, by path."""
    root = Path(settings().storage.removeprefix("file://"))
    return lambda: {
        str(path.relative_to(root)): path.read_bytes() for path in root.glob("uploads/**/*") if path.is_file()
    }


@pytest.fixture(autouse=True)
def _no_pieces_of_others(pieces):
    """Rows go between tests; so do the pieces."""
    yield
    for path in pieces():
        Path(settings().storage.removeprefix("file://"), path).unlink()


@pytest.fixture
def cut_line(app, as_):
    """PATCH whose line breaks after some chunks, as the server's side of it sees it: no answer can be sent."""

    async def send(actor, address: str, offset: int, chunks: list[bytes], length: int, **headers: str) -> None:
        waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        waiting.append({"type": "http.disconnect"})
        named = await as_(actor) | TUS | {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Upload-Offset": str(offset), "Content-Type": BYTES, "Content-Length": str(length)}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "PATCH",
            "scheme": "http",
            "path": httpx.URL(address).path,
            "raw_path": httpx.URL(address).raw_path,
            "root_path": "",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("phones.test", 80),
        }

        async def receive():
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

        async def nobody_listens(_):
            return None

        await app(scope, receive, nobody_listens)

    return send


@pytest.fixture
async def signed_in(cast) -> dict[str, str]:
    """The cadre's headers, good for longer than any line takes."""
    token = await access_token_for(person_id=cast.cadre.person_id, valid_for=timedelta(minutes=30))
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def nodes(migrated, tmp_path, cast):
    """Real servers, to be started; none is left running."""
    nodes = Nodes(migrated, tmp_path / "printed")
    yield nodes
    nodes.close()
