"""Photos on the wire."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import Moment
from backend.media.facts import Kind, PhotoState, Reason
from backend.territory.points import PointRecord


class Camera(Struct, frozen=True):
    """What EXIF says took it."""

    make: str | None
    model: str | None


class Grade(StrEnum):
    """good: as it should be; poor: kept and shown, a better one would help; unusable: refused."""

    GOOD = "good"
    POOR = "poor"
    UNUSABLE = "unusable"


class ReasonRecord(Struct, frozen=True):
    """One reason: a word for programs, a sentence for people."""

    code: Reason
    text: str


class Verdict(Struct, frozen=True):
    """What the pipeline thinks, and why. `text` is for whoever took the photo."""

    grade: Grade
    text: str
    reasons: list[ReasonRecord]


class NearDuplicate(Struct, frozen=True):
    """A photo that looks alike. `distance` in bits of 64: 0 may be the very same bytes, 7 is the most."""

    photo_id: UUID
    distance: Annotated[int, Meta(ge=0, le=64)]


class Measured(Struct, frozen=True):
    """What the verdict rests on. Greys from 0 (black) to 255 (white), of the 2nd, 50th and 98th percent of pixels."""

    sharpness: Annotated[float, Meta(description="mean edge strength of the best parts; below 1.9 is blurred")]
    grey_dark: int
    grey_mid: int
    grey_bright: int


class PhotoRecord(Struct, frozen=True, kw_only=True):
    """One photo, voice note or document.

    verdict          null while it waits
    width, height    pixels, upright
    point            where the camera says it stood (EXIF)
    copy             the address of what may be shown; null for what waits, was refused, or is no picture
    near_duplicates  other photos that you may see and that look alike, the nearest first, at most 20
    """

    id: UUID
    kind: Kind
    state: PhotoState
    verdict: Verdict | None
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="of the bytes as they came")]
    size_bytes: int
    content_type: Annotated[str, Meta(description="what the bytes are, whatever the sender called them")]
    file_name: str
    received_at: Moment
    looked_at: Moment | None
    width: int | None
    height: int | None
    measured: Measured | None
    taken_at: Moment | None
    taken_at_zone_assumed: Annotated[
        bool, Meta(description="the camera gave no offset; its clock was read as Asia/Shanghai")
    ]
    camera: Camera
    point: PointRecord | None
    record_kind: Annotated[str | None, Meta(description="what it belongs to, for example `visit`")]
    record_id: UUID | None
    copy: str | None
    original: Annotated[str | None, Meta(description="the address of the bytes as they came; null once purged")]
    near_duplicates: list[NearDuplicate]
