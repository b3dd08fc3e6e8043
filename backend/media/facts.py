"""What was found out about some bytes by looking at them. The same bytes always give the same facts."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from backend.media.tables import PhotoState
from backend.territory.points import Point, columns


class CameraFacts(Struct, frozen=True, kw_only=True):
    """What EXIF says. `taken_at` is aware; `zone_assumed` where the camera gave no offset."""

    taken_at: datetime | None = None
    zone_assumed: bool = False
    make: str | None = None
    model: str | None = None
    point: Point | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """A verdict on some bytes. Width and height are upright pixels; `verdict`: English msgid, where refused."""

    state: PhotoState
    content_type: str
    verdict: str | None = None
    width: int | None = None
    height: int | None = None
    camera: CameraFacts = CameraFacts()

    def columns(self) -> dict[str, Any]:
        """The columns of a photo row that come from its bytes."""
        return {
            "state": self.state.value,
            "verdict": self.verdict,
            "width": self.width,
            "height": self.height,
            "taken_at": self.camera.taken_at,
            "taken_at_zone_assumed": self.camera.zone_assumed,
            "camera_make": self.camera.make,
            "camera_model": self.camera.model,
            **columns(self.camera.point),
        }
