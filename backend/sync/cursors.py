"""The cursor: where one phone stands, as opaque text of 54 characters."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from struct import Struct as Layout
from struct import error as LayoutError
from uuid import UUID

from msgspec import Struct

from backend.core.refusals import FieldError, Invalid

NOTHING_HELD = UUID(int=0)
"""The view of a phone that holds nothing yet."""

_LAYOUT = Layout(">16sQiIQ")
_MOST = 2**63


class Cursor(Struct, frozen=True):
    """A place in what one person may see.

    view_id    what the phone holds (`views`)
    watermark  changes of this transaction and later ones may be unknown to the phone
    day        on which it was last compared whole; on another day it is again, because windows move on
    timeline   of the database that the watermark counts in: one that was restored or took over counts anew
    settles    all is compared again until every transaction before this one has ended; 0: nothing to wait for
    """

    view_id: UUID
    watermark: int
    day: date
    timeline: int = 0
    settles: int = 0


def told(cursor: Cursor) -> str:
    """The cursor for the phone."""
    day = cursor.day.toordinal()
    packed = _LAYOUT.pack(cursor.view_id.bytes, cursor.watermark, day, cursor.timeline, cursor.settles)
    return urlsafe_b64encode(packed).decode().rstrip("=")


def read(text: str) -> Cursor:
    """The cursor behind a text. Raises Invalid (400) where it is none of ours."""
    try:
        view, watermark, day, timeline, settles = _LAYOUT.unpack(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if max(watermark, settles) >= _MOST:
            raise ValueError("no transaction has such a number")
        return Cursor(UUID(bytes=view), watermark, date.fromordinal(day), timeline, settles)
    except (ValueError, LayoutError) as error:
        wrong = FieldError(pointer="cursor", detail="This is no cursor of ours. Leave it out to start anew.")
        raise Invalid("The cursor cannot be read.", errors=[wrong]) from error
