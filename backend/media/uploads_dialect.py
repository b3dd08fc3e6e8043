"""tus 1.0.0 around the application: what every request and every answer under /uploads has in common.

https://tus.io/protocols/resumable-upload: X-HTTP-Method-Override replaces the method (a WeChat mini-program has no
PATCH), `Tus-Resumable` is in every answer, refusals included, OPTIONS tells what is spoken here. It is an ASGI layer
because a router chooses by method, and because answers like 401 and 405 are made outside any handler.
"""

from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.core.settings import settings

PREFIX = "/uploads"
VERSION = "1.0.0"
METHODS = frozenset({"HEAD", "PATCH", "DELETE", "POST", "OPTIONS", "GET"})
ALGORITHMS = ("sha1", "sha256")
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination,concatenation"
TOO_SLOW = 408


class Tus:
    """Wrap the application in it, inside the layer that logs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _ours(scope["path"]):
            await self.app(scope, receive, send)
            return
        if _method(scope) == "OPTIONS":
            await _tell_capabilities(send)
            return

        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_headers(message["status"])]
            await send(message)

        await self.app(scope, receive, send_with_version)


def _ours(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _method(scope: Any) -> str:
    """What the header says, from here on; a word that is no method leaves it as it was."""
    for name, value in scope["headers"]:
        if name == b"x-http-method-override" and (word := value.decode("latin-1").strip().upper()) in METHODS:
            scope["method"] = word
    return str(scope["method"])


async def _tell_capabilities(send: Send) -> None:
    """For everybody, signed in or not, and whatever version the question names."""
    told = {
        "tus-resumable": VERSION,
        "tus-version": VERSION,
        "tus-extension": EXTENSIONS,
        "tus-max-size": str(settings().photo_max_bytes),
        "tus-checksum-algorithm": ",".join(ALGORITHMS),
        "allow": "DELETE, HEAD, OPTIONS, PATCH, POST",
    }
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _headers(status: int) -> list[tuple[bytes, bytes]]:
    headers = [(b"tus-resumable", VERSION.encode())]
    if status == 412:
        headers.append((b"tus-version", VERSION.encode()))
    if status == TOO_SLOW:  # whoever sends no bytes for so long is gone, or will begin anew
        headers.append((b"connection", b"close"))
    return headers
