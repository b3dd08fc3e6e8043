"""Points on the earth: the three coordinate systems in use in China, distances, and the coarse cell.

Every function takes and gives degrees, longitude first. A `Point` is `(longitude, latitude)`.

WGS-84 is what a satellite receiver gives. GCJ-02 (AMap, Tencent) moves every point inside China's box, smoothly, by
half a kilometre or so; BD-09 (Baidu) moves the GCJ-02 point once more. Neither formula was ever published officially:
the constants are those that all common programs share, and the tests hold ours against one of them.
"""

from collections.abc import Callable
from enum import StrEnum
from math import asin, atan2, cos, floor, hypot, pi, radians, sin, sqrt

from geopy.distance import geodesic

Point = tuple[float, float]

EARTH_MEAN_RADIUS_M = 6_371_008.8
GREAT_CIRCLE_ERROR = 0.006
"""The sphere is at most this share away from the ellipsoid (worst: 0.56 %, along a meridian at the equator)."""

WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The box inside which points are moved, in WGS-84 degrees. Cruder than the border: it holds Mongolia and Korea too."""

CELL_DEGREES = 0.009
CELL_ROWS = 20_000


class Crs(StrEnum):
    """The coordinate reference system that a point says it is in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def from_wgs84(longitude: float, latitude: float, crs: Crs) -> Point:
    """The same place, as a map in `crs` would name it. Outside the box nothing moves."""
    if crs == Crs.WGS84 or not _in_box(longitude, latitude):
        return longitude, latitude
    return _SHIFTED[Crs(crs)](longitude, latitude)


def to_wgs84(longitude: float, latitude: float, crs: Crs) -> Point:
    """The place in WGS-84 of a point named in `crs`; undoes `from_wgs84` to about 0.01 mm.

    Along the eastern and northern edge (open sea, Siberia) a strip less than 1.8 km wide outside the box holds both
    moved points and untouched ones, and no one can tell them apart: they are read as moved, so that every place inside
    the box comes back to where it was. A point no place is moved to (the same strip inside the western and southern
    edge) stays as it is.
    """
    if crs == Crs.WGS84 or not _in_box(longitude, latitude, margin=_LARGEST_SHIFT_DEGREES):
        return longitude, latitude
    place = _unshifted(longitude, latitude, _SHIFTED[Crs(crs)])
    return place if _in_box(*place, margin=_EDGE_DEGREES) else (longitude, latitude)


def distance_m(a: Point, b: Point, *, exact_near_m: float | None = None) -> float:
    """Metres between two WGS-84 points.

    exact_near_m   a threshold the caller is about to compare with: when the cheap answer is too near it to decide, the
                   exact one (a hundred times dearer) is given instead. So `distance_m(a, b, exact_near_m=200) > 200`
                   is always right.
    """
    cheap = great_circle_m(a, b)
    if exact_near_m is None or abs(cheap - exact_near_m) > GREAT_CIRCLE_ERROR * max(cheap, exact_near_m):
        return cheap
    return geodesic_m(a, b)


def great_circle_m(a: Point, b: Point) -> float:
    """Metres along a sphere of the earth's mean radius (haversine): within `GREAT_CIRCLE_ERROR` of `geodesic_m`."""
    latitude_a, latitude_b = radians(a[1]), radians(b[1])
    half = sin((latitude_b - latitude_a) / 2) ** 2
    half += cos(latitude_a) * cos(latitude_b) * sin(radians(b[0] - a[0]) / 2) ** 2
    return 2 * EARTH_MEAN_RADIUS_M * asin(min(1.0, sqrt(half)))


def geodesic_m(a: Point, b: Point) -> float:
    """Metres along the WGS-84 ellipsoid (Karney's method), exact to less than a millimetre."""
    return geodesic((a[1], a[0]), (b[1], b[0])).m


def cell_1km(longitude: float, latitude: float) -> Point:
    """The centre of the cell, about 1 km by 1 km, that stands for a point once its 90 days are over.

    The grid: 20,000 rows of 0.009° of latitude (995 to 1,005 m) from the south pole up; each row is cut, from 180°
    west, into the whole number of equal columns nearest to 0.009° / cos(latitude of the row's middle) wide. A WGS-84
    point in, the same centre for every point of the cell out (7 decimals), so the cell of a cell is itself.

    >>> cell_1km(116.231, 36.865)
    (116.2313678, 36.8685)
    """
    row = min(CELL_ROWS - 1, floor((latitude + 90) / CELL_DEGREES))
    middle = (row + 0.5) * CELL_DEGREES - 90
    columns = max(1, round(360 * cos(radians(middle)) / CELL_DEGREES))
    column = floor((longitude + 180) % 360 / 360 * columns) % columns
    return round((column + 0.5) * 360 / columns - 180, 7), round(middle, 7)


def _in_box(longitude: float, latitude: float, margin: float = 0.0) -> bool:
    return WEST - margin <= longitude <= EAST + margin and SOUTH - margin <= latitude <= NORTH + margin


def _unshifted(longitude: float, latitude: float, shifted: Callable[[float, float], Point]) -> Point:
    """Fixed point of "guess, see where the guess is moved to, correct by the miss".

    The shift changes by less than 1 % of a step, so each round gains two digits: four bring 1 km down to 0.01 mm.
    """
    x, y = longitude, latitude
    for _ in range(4):
        seen_x, seen_y = shifted(x, y)
        x, y = x + longitude - seen_x, y + latitude - seen_y
    return x, y


_LARGEST_SHIFT_DEGREES = 0.02
_EDGE_DEGREES = 1e-8  # a millimetre: a place exactly on the edge comes back within rounding of it, on either side
_KRASOVSKY_M = 6_378_245.0
_KRASOVSKY_E2 = 0.00669342162296594323
_ORIGIN = (105.0, 35.0)


def _gcj02(longitude: float, latitude: float) -> Point:
    x, y = longitude - _ORIGIN[0], latitude - _ORIGIN[1]
    east_m, north_m = _obfuscation_m(x, y)
    phi = radians(latitude)
    squeeze = 1 - _KRASOVSKY_E2 * sin(phi) ** 2
    parallel_m = radians(_KRASOVSKY_M / sqrt(squeeze) * cos(phi))
    meridian_m = radians(_KRASOVSKY_M * (1 - _KRASOVSKY_E2) / (squeeze * sqrt(squeeze)))
    return longitude + east_m / parallel_m, latitude + north_m / meridian_m


def _obfuscation_m(x: float, y: float) -> Point:
    """Metres east and north by which GCJ-02 moves the point x, y degrees from its origin: a polynomial and waves."""
    px, py = pi * x, pi * y
    ripple = 20 * sin(6 * px) + 20 * sin(2 * px)
    root, product = sqrt(abs(x)), 0.1 * x * y
    east_waves = ripple + 20 * sin(px) + 40 * sin(px / 3) + 150 * sin(px / 12) + 300 * sin(px / 30)
    north_waves = ripple + 20 * sin(py) + 40 * sin(py / 3) + 160 * sin(py / 12) + 320 * sin(py / 30)
    east = 300 + x + 2 * y + 0.1 * x * x + product + 0.1 * root + east_waves * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + product + 0.2 * root + north_waves * 2 / 3
    return east, north


def _bd09(longitude: float, latitude: float) -> Point:
    x, y = _gcj02(longitude, latitude)
    length = hypot(x, y) + 0.00002 * sin(y * pi * 3000 / 180)
    angle = atan2(y, x) + 0.000003 * cos(x * pi * 3000 / 180)
    return length * cos(angle) + 0.0065, length * sin(angle) + 0.006


_SHIFTED: dict[Crs, Callable[[float, float], Point]] = {Crs.GCJ02: _gcj02, Crs.BD09: _bd09}
