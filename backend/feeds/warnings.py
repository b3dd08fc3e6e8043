"""Public warnings for everybody's programs: an Atom feed, and each warning as the CAP 1.2 document that went out."""

import hashlib
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from backend.alerts import feed
from backend.alerts.cap_xml import MEDIA_TYPE
from backend.alerts.refusals import AlertUnknown
from backend.core import clock
from backend.core.addresses import base_url
from backend.feeds import atom

SUFFIX = ".xml"
FRESH = "public, max-age=30"
FOR_GOOD = "public, max-age=31536000, immutable"

File = Annotated[str, PathParameter(max_length=60, description="a warning's identifier and .xml")]
UNCHANGED = {304: ResponseSpec(None, description="As it was, by If-None-Match or If-Modified-Since")}


@get(
    "/cap.atom",
    operation_id="getCapFeed",
    summary="Warnings in force, as Atom",
    description="The newest 200 that are for everybody, not over and not replaced by a later message. Exercises and "
    "tests say so in their titles. Ask again with If-None-Match.",
    media_type=atom.FEED_TYPE,
    responses=UNCHANGED,
)
async def get_cap_feed(request: Request[Any, Any, Any]) -> Response[bytes]:
    """No sign-in."""
    found = await feed.public_alerts(at=clock.now())
    content = atom.written(found, base=base_url(request))
    tag = hashlib.sha256(content).hexdigest()
    return _answer(request, content, tag=tag, changed_at=found.changed_at, type=atom.FEED_TYPE, keep=FRESH)


@get(
    "/cap/{file:str}",
    operation_id="getCapAlert",
    summary="One warning as CAP 1.2",
    description="Byte for byte as it went out, also when it is over. A later message says so, this one never changes.",
    media_type=MEDIA_TYPE,
    responses=UNCHANGED,
)
async def get_cap_alert(request: Request[Any, Any, Any], file: File) -> Response[bytes]:
    """No sign-in. Raises AlertUnknown (404)."""
    if not file.endswith(SUFFIX):
        raise AlertUnknown("No public warning has this identifier.")
    found = await feed.frozen_alert(identifier=file.removesuffix(SUFFIX))
    tag, sent = found.sha256.hex(), found.sent_at
    return _answer(request, found.xml, tag=tag, changed_at=sent, type=MEDIA_TYPE, keep=FOR_GOOD)


def _answer(
    request: Request[Any, Any, Any], content: bytes, *, tag: str, changed_at: datetime | None, type: str, keep: str
) -> Response[bytes]:
    headers = {"ETag": f'"{tag}"', "Cache-Control": keep}
    if changed_at:
        headers["Last-Modified"] = format_datetime(changed_at.replace(microsecond=0), usegmt=True)
    if _is_known(request, tag, changed_at):
        return Response(b"", status_code=304, media_type=type, headers=headers)
    return Response(content, media_type=type, headers=headers)


def _is_known(request: Request[Any, Any, Any], tag: str, changed_at: datetime | None) -> bool:
    """RFC 9110, 13.2.2: a tag counts before a date. The date has no parts of a second."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or f'"{tag}"' in tags
    since = _date(request.headers.get("if-modified-since", ""))
    return bool(since and changed_at and changed_at.replace(microsecond=0) <= since)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


router = Router("/feeds", route_handlers=[get_cap_feed, get_cap_alert], tags=["feeds"])
