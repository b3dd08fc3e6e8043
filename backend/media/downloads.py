"""Bytes over HTTP: ETag, one range, kept for good. Source: RFC 9110, sections 8.8.3, 13 and 14."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Stream
from msgspec import Struct

from backend.core.refusals import Refusal

FOR_GOOD = "private, max-age=31536000, immutable"

_RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?")
_TAGS = re.compile(r'(?:W/)?("[^"]*")|(\*)')

ReadPart = Callable[[int, int], AsyncIterator[bytes]]
"""Gives the bytes from a place up to another one."""


class RangeOutside(Refusal):
    """No byte of the range is in the file."""

    status, code, title = 416, "media/range-outside", "The file ends before that"


class File(Struct, frozen=True, kw_only=True):
    """Something to be sent. The ETag stands for its bytes, which never change."""

    etag: str
    size_bytes: int
    content_type: str
    read: ReadPart
    name: str | None = None
    cache_control: str = FOR_GOOD


def answer(request: Request[Any, Any, Any], file: File) -> Response[Any]:
    """200, 206, 304; raises RangeOutside (416)."""
    headers = _headers(file)
    if _names(request.headers.get("if-none-match", ""), file.etag):
        return Response(b"", status_code=304, headers=headers, media_type=file.content_type)
    start, stop = _part(request, file)
    status = 200
    if (start, stop) != (0, file.size_bytes):
        status, headers["Content-Range"] = 206, f"bytes {start}-{stop - 1}/{file.size_bytes}"
    headers["Content-Length"] = str(stop - start)
    return Stream(file.read(start, stop), status_code=status, headers=headers, media_type=file.content_type)


def told(request: Request[Any, Any, Any], file: File) -> Response[None]:
    """What `answer` would say without the bytes: for HEAD, which knows no ranges."""
    headers = _headers(file) | {"Content-Length": str(file.size_bytes)}
    status = 304 if _names(request.headers.get("if-none-match", ""), file.etag) else 200
    return bare(headers, file.content_type, status)


def bare(headers: dict[str, str], content_type: str, status: int = 200) -> Response[None]:
    """Headers alone. Litestar refuses `None` under a type that is not its own."""
    nothing: Any = b""
    return Response(nothing, status_code=status, headers=headers, media_type=content_type)


def _headers(file: File) -> dict[str, str]:
    headers = {
        "Content-Type": file.content_type,  # said here too: a stream takes its handler's media_type before its own
        "ETag": file.etag,
        "Cache-Control": file.cache_control,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if file.name is not None:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return headers


def _names(header: str, etag: str) -> bool:
    return any(found[1] == etag or found[2] for found in _TAGS.finditer(header))


def _part(request: Request[Any, Any, Any], file: File) -> tuple[int, int]:
    """From where to where (excluded). What is no single range of bytes asks for all of it (RFC 9110, 14.2)."""
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if_range = request.headers.get("if-range")
    if found is None or (if_range is not None and if_range != file.etag) or found[1] is found[2] is None:
        return 0, file.size_bytes
    start, stop = _bounds(found[1], found[2], file.size_bytes)
    if start >= stop:
        raise RangeOutside("It has {size_bytes} bytes.", size_bytes=file.size_bytes)
    return start, stop


def _bounds(first: str | None, last: str | None, size_bytes: int) -> tuple[int, int]:
    if first is None:  # so many bytes at the end
        return max(0, size_bytes - int(last or 0)), size_bytes
    if last is not None and int(last) < int(first):
        return 0, size_bytes  # no valid range: as if none had been asked for
    return int(first), size_bytes if last is None else min(int(last) + 1, size_bytes)
