"""A small application of a test's own routes, with the house's way to refuse and nothing else."""

import httpx
import pytest
from litestar import Litestar

from backend.core.logs import RequestContext
from backend.core.problems import HANDLERS


@pytest.fixture
def app_of():
    def build(*handlers) -> Litestar:
        app = Litestar([*handlers], exception_handlers=HANDLERS, logging_config=None, openapi_config=None)
        app.asgi_handler = RequestContext(app.asgi_handler)
        return app

    return build


@pytest.fixture
async def client_of(app_of):
    """A client in the test's own event loop: Litestar's runs the app in another thread, where the pool is of no use."""
    opened = []

    def build(*handlers, peer="127.0.0.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app_of(*handlers), client=(peer, 50000))
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://lianxin.test"))
        return opened[-1]

    yield build
    for client in opened:
        await client.aclose()
