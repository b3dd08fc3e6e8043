"""What was found out about some bytes by looking at them. The same bytes always give the same facts.

Light on purpose: the processes that look at pictures import this and Pillow, and nothing of the house.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

SIZES = (1600, 320)
"""Longest side of the copies, in pixels, the largest first."""


class PhotoState(StrEnum):
    """What the pipeline thinks."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Kind(StrEnum):
    """What travels with a record."""

    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"


class Reason(StrEnum):
    """Why a verdict is what it is. The first group refuses; the second is advice: the photo stays and is shown."""

    NOT_USABLE = "not_usable"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_HEAVY = "too_heavy"
    TOO_LARGE = "too_large"
    NOTHING_TO_SEE = "nothing_to_see"
    PURGED = "purged"

    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    FLAT = "flat"
    BLURRED = "blurred"
    SMALL = "small"
    ANIMATED = "animated"


class CameraPoint(Struct, frozen=True, kw_only=True):
    """Where the camera says it stood; the fields of a `territory.points.Point`."""

    longitude: float
    latitude: float
    accuracy_m: float | None = None
    fixed_at: datetime | None = None
    crs: str = "wgs84"
    provider: str = "exif"


class CameraFacts(Struct, frozen=True, kw_only=True):
    """What EXIF says. `taken_at` is aware; `zone_assumed` where the camera gave no offset."""

    taken_at: datetime | None = None
    zone_assumed: bool = False
    make: str | None = None
    model: str | None = None
    point: CameraPoint | None = None


class Measures(Struct, frozen=True, kw_only=True):
    """How good a picture is, measured on its copy; see `grading`.

    sharpness        mean edge strength of its best parts
    dark, mid, bright  grey of the 2nd, 50th and 98th percent of its pixels, 0 to 255
    """

    sharpness: float
    dark: int
    mid: int
    bright: int


class Facts(Struct, frozen=True, kw_only=True):
    """A verdict on some bytes. Width and height are upright pixels; `perceptual_hash` 64 bits, signed."""

    state: PhotoState
    content_type: str
    kind: Kind = Kind.PHOTO
    reasons: tuple[Reason, ...] = ()
    width: int | None = None
    height: int | None = None
    camera: CameraFacts = CameraFacts()
    measures: Measures | None = None
    perceptual_hash: int | None = None


def refused(reason: Reason, content_type: str, kind: Kind = Kind.PHOTO) -> Facts:
    """Nothing of it can be shown."""
    return Facts(state=PhotoState.REFUSED, content_type=content_type, kind=kind, reasons=(reason,))
