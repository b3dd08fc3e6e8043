"""One point as a phone gives it, as the database keeps it, and as a reader gets it back."""

from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any

from msgspec import Meta, Struct

from backend.core.refusals import FieldError, Invalid
from backend.core.shapes import Moment
from backend.territory.coordinates import Crs, from_wgs84, to_wgs84
from backend.territory.tables import POINT_COLUMNS

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

DECIMALS = 7
"""Of a converted degree: a centimetre, finer than any phone."""

Longitude = Annotated[float, Meta(ge=-180, le=180, description="degrees east")]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="degrees north")]
AccuracyM = Annotated[float, Meta(ge=0, le=100_000, description="metres, as the phone estimates its own error")]
Provider = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[^\x00]*$")]


class PointOutside(Invalid):
    """No such place: a degree outside the earth, or not a number."""

    code, title = "territory/point-outside", "No such place on the earth"


class Point(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place, and how far to trust it. `crs` has no default: half a kilometre hangs on it."""

    crs: Crs
    longitude: Longitude
    latitude: Latitude
    accuracy_m: AccuracyM | None = None
    fixed_at: Moment | None = None
    provider: Provider | None = None
    mock: bool | None = None


class PointRecord(Struct, frozen=True, kw_only=True):
    """A stored point in the `crs` that the reader asked for. `original_crs` is null once the point is coarsened."""

    crs: Crs
    longitude: float
    latitude: float
    original_crs: Crs | None
    accuracy_m: float | None
    fixed_at: Moment | None
    provider: str | None
    mock: bool | None


def columns(point: Point | None) -> dict[str, Any]:
    """The columns of `tables.Located`: WGS-84, and the point as it came. Raises PointOutside (400)."""
    if point is None:
        return dict.fromkeys(POINT_COLUMNS)
    check(point)
    longitude, latitude = to_wgs84(point.longitude, point.latitude, point.crs)
    return {
        "longitude": longitude,
        "latitude": latitude,
        "crs": Crs(point.crs).value,
        "original_longitude": point.longitude,
        "original_latitude": point.latitude,
        "accuracy_m": point.accuracy_m,
        "fixed_at": point.fixed_at,
        "provider": point.provider,
        "mock": point.mock,
    }


def check(point: Point) -> None:
    """Raises PointOutside (400) for degrees outside the earth, and for NaN and infinities, which JSON cannot carry."""
    bounds = {"longitude": (point.longitude, -180, 180), "latitude": (point.latitude, -90, 90)}
    bounds["accuracy_m"] = (point.accuracy_m or 0.0, 0, 100_000)
    wrong = [
        FieldError(
            pointer=name,
            detail="{value} is not between {least} and {most}.",
            code="range",
            facts={"value": str(value), "least": least, "most": most},
        )
        for name, (value, least, most) in bounds.items()
        if not (isfinite(value) and least <= value <= most)
    ]
    if point.crs not in tuple(Crs):
        wrong.append(FieldError(pointer="crs", detail="Say wgs84, gcj02 or bd09.", code="crs"))
    if wrong:
        raise PointOutside("Longitude is -180 to 180, latitude -90 to 90, accuracy in metres.", errors=wrong)


def boxes(bbox: Box) -> list[Box]:
    """The one or two boxes that a box is on a flat map: across the 180° meridian (west is the larger) it is two.

    >>> boxes((177.0, -20.0, -178.0, -15.0))
    [(177.0, -20.0, 180.0, -15.0), (-180.0, -20.0, -178.0, -15.0)]
    """
    west, south, east, north = bbox
    if west <= east:
        return [bbox]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def as_read(row: Mapping[str, Any], crs: Crs = Crs.WGS84) -> PointRecord | None:
    """The point of a row that carries the columns of `tables.Located`; None where it has none.

    Asked for in the system it came in, it is the original to the last digit.
    """
    if row["longitude"] is None:
        return None
    longitude, latitude = _in(row, crs)
    return PointRecord(
        crs=crs,
        longitude=longitude,
        latitude=latitude,
        original_crs=row["crs"] and Crs(row["crs"]),
        accuracy_m=row["accuracy_m"],
        fixed_at=row["fixed_at"],
        provider=row["provider"],
        mock=row["mock"],
    )


def _in(row: Mapping[str, Any], crs: Crs) -> tuple[float, float]:
    if row["crs"] == crs and row["original_longitude"] is not None:
        return row["original_longitude"], row["original_latitude"]
    longitude, latitude = from_wgs84(row["longitude"], row["latitude"], crs)
    return round(longitude, DECIMALS), round(latitude, DECIMALS)
