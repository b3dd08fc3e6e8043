"""Photos on the wire."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import Moment
from backend.media.tables import PhotoState
from backend.territory.points import PointRecord


class Camera(Struct, frozen=True):
    """What EXIF says took it."""

    make: str | None
    model: str | None


class PhotoRecord(Struct, frozen=True, kw_only=True):
    """One photo. `copy` is the address of what may be shown; null where the photo was refused (`verdict` says why).

    width, height  pixels, upright
    point          where the camera says it stood (EXIF)
    """

    id: UUID
    state: PhotoState
    verdict: str | None
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="of the bytes as they came")]
    size_bytes: int
    content_type: Annotated[str, Meta(description="what the bytes are, whatever the sender called them")]
    file_name: str
    received_at: Moment
    width: int | None
    height: int | None
    taken_at: Moment | None
    taken_at_zone_assumed: Annotated[
        bool, Meta(description="the camera gave no offset; its clock was read as Asia/Shanghai")
    ]
    camera: Camera
    point: PointRecord | None
    copy: str | None
