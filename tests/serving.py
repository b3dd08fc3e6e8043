"""An application that phones and browsers reach over HTTP, in this process and in front of the tests' own database."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import uvicorn

CERTIFICATES = ssl.create_default_context()
"""For httpx's `verify`: left to itself it reads all 140 for each client it makes, 20 ms of a core."""


@asynccontextmanager
async def on_loopback(app: Any) -> AsyncIterator[str]:
    """Its address while uvicorn serves it as in production. Its start-up is left out: the pool is the tests'."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio: no proto, no NODELAY
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, loop="none", lifespan="off", ws="none", log_config=None, access_log=False)
    )
    server.capture_signals = nullcontext  # pytest keeps its own
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task
