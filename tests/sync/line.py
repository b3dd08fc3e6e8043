"""A phone's line to an application in this process: phones live on threads, the application on the tests' loop."""

import asyncio

import httpx
from litestar import Litestar


class Line(httpx.BaseTransport):
    """What a phone sends goes to the application on its loop, and the thread of the phone waits for the answer."""

    def __init__(self, app: Litestar, loop: asyncio.AbstractEventLoop) -> None:
        self._app = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return asyncio.run_coroutine_threadsafe(self.answered(request), self._loop).result()

    async def answered(self, request: httpx.Request) -> httpx.Response:
        """As it goes over the wire, compressed where it is."""
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = await self._app.handle_async_request(sent)
        raw = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(raw))
