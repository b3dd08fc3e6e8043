"""multipart/form-data as it comes in: parts go to temporary files, so no body costs much memory."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException
from msgspec import Struct
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
)

from backend.core.refusals import Refusal, TooLarge

IN_MEMORY_BYTES = 64 * 1024
CHUNK_BYTES = 256 * 1024
_BOUNDARY = re.compile(r""";\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))""", re.IGNORECASE)


class NotMultipart(Refusal):
    """Another content type, no boundary, or a compressed body."""

    status, code, title = 415, "core/not-multipart", "This address takes multipart/form-data"


class MultipartBroken(Refusal):
    """Cut off, or against RFC 7578."""

    status, code, title = 400, "core/multipart-broken", "The upload arrived damaged"


class Part(Struct, frozen=True):
    """One part. `file` is read from its start; it is gone when `parts_of` ends."""

    name: str
    file_name: str | None
    size_bytes: int
    file: SpooledTemporaryFile[bytes]

    def content(self) -> bytes:
        """All of it, in memory."""
        self.file.seek(0)
        return self.file.read()

    async def chunks(self) -> AsyncIterator[bytes]:
        """All of it, a little in memory at a time."""
        self.file.seek(0)
        while chunk := await asyncio.to_thread(self.file.read, CHUNK_BYTES):
            yield chunk

    async def sha256(self) -> bytes:
        """The digest of all of it."""
        digest = hashlib.sha256()
        async for chunk in self.chunks():
            digest.update(chunk)
        return digest.digest()


@asynccontextmanager
async def parts_of(request: Request[Any, Any, Any], *, max_bytes: int, max_parts: int) -> AsyncIterator[list[Part]]:
    """All parts of a body, in its order. The route must set `request_max_body_size=None`: the limit is kept here.

    Raises NotMultipart (415), MultipartBroken (400), TooLarge (413).
    """
    if (request.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    parser = PushMultipartParser(_boundary(request), max_segment_count=max_parts)
    with ExitStack() as files:
        try:
            yield [part async for part in _parts(_chunks(request, max_bytes), parser, files)]
        except ParserLimitReached as error:
            raise TooLarge("At most {parts} parts with short headers are taken.", parts=max_parts) from error
        except MultipartError as error:
            raise MultipartBroken("The upload is damaged or was cut off. Send it again.") from error


def is_multipart(request: Request[Any, Any, Any]) -> bool:
    """Whether the body says that it is multipart/form-data."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def _boundary(request: Request[Any, Any, Any]) -> str:
    content_type = request.headers.get("content-type", "")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise NotMultipart("Send the body as it is, not compressed.")
    found = _BOUNDARY.search(content_type)
    if not is_multipart(request) or found is None:
        raise NotMultipart("Send multipart/form-data with a boundary.")
    return found[1] or found[2]


async def _chunks(request: Request[Any, Any, Any], max_bytes: int) -> AsyncIterator[bytes]:
    seen = 0
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen > max_bytes:
                raise _too_large(max_bytes)
            yield chunk
    except InternalServerException as error:  # what Litestar says when the sender hangs up
        raise MultipartBroken("The upload is damaged or was cut off. Send it again.") from error


async def _parts(chunks: AsyncIterator[bytes], parser: PushMultipartParser, files: ExitStack) -> AsyncIterator[Part]:
    segment: MultipartSegment | None = None
    file: SpooledTemporaryFile[bytes] | None = None
    async for chunk in chunks:
        for event in parser.parse(chunk) if chunk else ():
            if isinstance(event, MultipartSegment):
                segment = event
                file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - `files` closes it
                files.callback(file.close)
            elif file is not None and segment is not None:
                if event:
                    file.write(event)
                else:
                    yield Part(segment.name or "", segment.filename, segment.size, file)
    parser.close()


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge("At most {megabytes} MB are taken at once.", megabytes=max_bytes // 1_000_000)
