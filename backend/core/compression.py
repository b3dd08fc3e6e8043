"""How answers travel: as Zstandard (RFC 8878) to whoever takes it, as gzip to the others.

Litestar's middleware looks for the name of an encoding anywhere in Accept-Encoding, so that it would send `gzip;q=0`
what it refuses; here the header is read as RFC 9110, 12.5.3, has it.
"""

import sys
from io import BytesIO
from typing import Any, ClassVar

from litestar.config.compression import CompressionConfig
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.middleware.compression import CompressionMiddleware
from litestar.middleware.compression.facade import CompressionFacade
from litestar.types import Message, Receive, Scope, Send

if sys.version_info >= (3, 14):  # pragma: no cover - the floor is lower
    from compression import zstd
else:
    from backports import zstd

ZSTD, GZIP = "zstd", "gzip"
ZSTD_LEVEL, GZIP_LEVEL = 6, 6
"""Both measured on a phone's first sync: above these a percent or two less is paid for with twice the time."""

NO_BODY = {204, 304}


def answer_encoding(accept_encoding: str) -> str | None:
    """What to send to somebody with this Accept-Encoding; None: as it is.

    Of those that he likes best the first of ours; `*` stands for what he does not name.

    >>> answer_encoding("gzip, deflate, br, zstd"), answer_encoding("gzip;q=1.0, zstd;q=0"), answer_encoding("")
    ('zstd', 'gzip', None)
    """
    likes = dict(_like(part) for part in accept_encoding.lower().split(","))
    rest = likes.get("*", 0.0)
    ours = {encoding: likes.get(encoding, rest) for encoding in (ZSTD, GZIP)}
    best = max(ours, key=lambda encoding: ours[encoding])
    return best if ours[best] > 0 and ours[best] >= likes.get("identity", 0.0) else None


def _like(part: str) -> tuple[str, float]:
    name, _, parameters = part.partition(";")
    weight = parameters.replace(" ", "").partition("q=")[2]
    try:
        return name.strip(), float(weight) if weight else 1.0
    except ValueError:
        return name.strip(), 0.0


class ZstdCompression(CompressionFacade):
    """One answer. Its window stays under the 8 MB that RFC 9659 lets a receiver hold: so does every level below 20."""

    encoding: ClassVar[str] = ZSTD

    def __init__(self, buffer: BytesIO, compression_encoding: str, config: CompressionConfig) -> None:  # noqa: ARG002
        self._buffer = buffer
        self._compressor = zstd.ZstdCompressor(level=ZSTD_LEVEL)

    def write(self, body: bytes) -> None:
        """What is written is on its way at once: an answer may be a stream."""
        self._buffer.write(self._compressor.compress(body, mode=self._compressor.FLUSH_BLOCK))

    def close(self) -> None:
        """The end of the frame."""
        self._buffer.write(self._compressor.flush())


class Negotiated(CompressionMiddleware):
    """Litestar's, with the choice made by `answer_encoding`, and told to caches whatever it was."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        encoding = answer_encoding(Headers.from_scope(scope).get("accept-encoding", ""))
        if encoding is None:
            await self.app(scope, receive, _varying(send))
        else:
            wrapped = self.create_compression_send_wrapper(send=send, compression_encoding=encoding, scope=scope)
            await self.app(scope, receive, wrapped)


def _varying(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] not in NO_BODY:
            MutableScopeHeaders(message).extend_header_value("vary", "Accept-Encoding")
        await send(message)

    return told


def compression(*, exclude: list[str]) -> CompressionConfig:
    """For the application. `exclude`: patterns of paths whose answers go as they are."""
    given: dict[str, Any] = {"backend": ZSTD, "compression_facade": ZstdCompression, "middleware_class": Negotiated}
    return CompressionConfig(**given, gzip_compress_level=GZIP_LEVEL, exclude=exclude)
