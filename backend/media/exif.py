"""EXIF as fields: when, where and with what a photo was taken. Cameras write anything: what cannot be so is left out.

Source: CIPA DC-008 (Exif 2.32), 4.6.5 (tags of the camera) and 4.6.6 (GPS).
"""

import re
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Any, TypeVar

from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif

from backend.core.clock import SHANGHAI
from backend.media.facts import CameraFacts, CameraPoint

T = TypeVar("T")

LONGEST_NAME = 80
LARGEST_ERROR_M = 100_000
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, ArithmeticError, SyntaxError, OSError, struct.error)
"""What Pillow and plain arithmetic raise over a block that lies about itself."""

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


def read(exif: Exif) -> CameraFacts:
    """The fields we keep. Never raises."""
    camera = _or_none(lambda: exif.get_ifd(IFD.Exif)) or {}
    taken_at, zone_assumed = _or_none(lambda: _taken_at(camera)) or (None, False)
    return CameraFacts(
        taken_at=taken_at,
        zone_assumed=zone_assumed,
        make=_or_none(lambda: _name(exif.get(Base.Make))),
        model=_or_none(lambda: _name(exif.get(Base.Model))),
        point=_or_none(lambda: _point(exif.get_ifd(IFD.GPSInfo))),
    )


def _taken_at(camera: Mapping[int, Any]) -> tuple[datetime, bool] | None:
    if not camera.get(Base.DateTimeOriginal):
        return None
    wall = datetime.strptime(_text(camera[Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone below
    offset = _OFFSET.fullmatch(_text(camera.get(Base.OffsetTimeOriginal) or ""))
    if offset is None:
        return wall.replace(tzinfo=SHANGHAI).astimezone(UTC), True
    span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return wall.replace(tzinfo=timezone(-span if offset[1] == "-" else span)).astimezone(UTC), False


def _point(gps: Mapping[int, Any]) -> CameraPoint | None:
    """The point in WGS-84; none without a hemisphere, outside the earth, or at 0/0 (a camera without a fix)."""
    longitude = _degrees(gps[GPS.GPSLongitude]) * _sign(gps[GPS.GPSLongitudeRef], "E", "W")
    latitude = _degrees(gps[GPS.GPSLatitude]) * _sign(gps[GPS.GPSLatitudeRef], "N", "S")
    if not (abs(longitude) <= 180 and abs(latitude) <= 90) or longitude == latitude == 0:
        return None
    return CameraPoint(
        longitude=longitude,
        latitude=latitude,
        accuracy_m=_or_none(lambda: _error_m(gps)),
        fixed_at=_or_none(lambda: _fixed_at(gps)),
    )


def _degrees(value: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in value)
    return degrees + minutes / 60 + seconds / 3600


def _sign(value: Any, positive: str, negative: str) -> int:
    return {positive: 1, negative: -1}[_text(value).upper()]


def _error_m(gps: Mapping[int, Any]) -> float | None:
    error_m = float(gps[GPS.GPSHPositioningError])
    return error_m if isfinite(error_m) and 0 <= error_m <= LARGEST_ERROR_M else None


def _fixed_at(gps: Mapping[int, Any]) -> datetime:
    """When the satellites gave the point: GPS stamps are UTC."""
    hours, minutes, seconds = (float(part) for part in gps[GPS.GPSTimeStamp])
    day = datetime.strptime(_text(gps[GPS.GPSDateStamp]), "%Y:%m:%d").replace(tzinfo=UTC)
    return day + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _name(value: Any) -> str | None:
    printable = "".join(letter for letter in _text(value or "") if letter.isprintable())
    return printable[:LONGEST_NAME].strip() or None


def _text(value: Any) -> str:
    """Text of an ASCII tag. Phones write UTF-8 there, which Pillow reads as Latin-1."""
    raw = value if isinstance(value, bytes) else str(value).encode("latin-1", "replace")
    return raw.decode("utf-8", "replace").strip("\x00 ")


def _or_none(read_it: Callable[[], T]) -> T | None:
    try:
        return read_it()
    except UNREADABLE:
        return None
