"""Calendars that phones follow: one address each, which is its own password."""

import asyncio
import hashlib
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from backend.feeds import ics
from backend.rosters.calendar_feeds import PATH, followed_calendar
from backend.rosters.calendar_refusals import CalendarFeedUnknown

SUFFIX = ".ics"
HEADERS = {
    "Cache-Control": "private, max-age=300",
    "Content-Disposition": 'inline; filename="lianxin.ics"',
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
UNCHANGED = {304: ResponseSpec(None, description="As it was, by If-None-Match")}
File = Annotated[str, PathParameter(max_length=60, description="the calendar's secret and .ics")]


@get(
    "/{file:str}",
    operation_id="getCalendarFeed",
    summary="A calendar that a phone follows",
    description="iCalendar (RFC 5545): own shifts, a place's market days, or its deputies' days, from the month before "
    "to a year ahead. No name of anybody is in it and no private number. Lists of days are RDATEs that repeat DTSTART; "
    "identities stay, SEQUENCE grows. An address that is wrong or revoked is unknown, both alike.",
    media_type=ics.MEDIA_TYPE,
    responses=UNCHANGED,
)
async def get_calendar_feed(request: Request[Any, Any, Any], file: File) -> Response[bytes]:
    """No sign-in: whoever knows the address reads it. Raises CalendarFeedUnknown (404)."""
    if not file.endswith(SUFFIX):
        raise CalendarFeedUnknown("No calendar has this address. Ask whoever gave it to you for a new one.")
    found = await followed_calendar(secret=file.removesuffix(SUFFIX))
    content = await asyncio.to_thread(ics.written, found)  # a county's year of markets takes a tenth of a second
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {**HEADERS, "ETag": tag}
    if _is_known(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, media_type=ics.MEDIA_TYPE, headers=headers)
    return Response(content, media_type=ics.MEDIA_TYPE, headers=headers)


def _is_known(tags: str, tag: str) -> bool:
    return tags.strip() == "*" or tag in tags


router = Router(PATH, route_handlers=[get_calendar_feed], tags=["feeds"])
