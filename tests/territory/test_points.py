"""What territory promises about one point: how it is sent, kept and read."""

from datetime import UTC, datetime
from math import inf, nan

import msgspec
import pytest
from geopy.distance import geodesic

from backend.territory.points import Point, PointOutside, as_read, columns
from backend.territory.tables import POINT_COLUMNS

LIULI = {"longitude": 116.2373, "latitude": 36.7401}


def test_a_point_is_kept_as_wgs84_and_as_it_came():
    kept = columns(Point(crs="gcj02", accuracy_m=8.5, provider="gps", mock=False, **LIULI))

    assert set(kept) == set(POINT_COLUMNS)
    assert (kept["original_longitude"], kept["original_latitude"], kept["crs"]) == (116.2373, 36.7401, "gcj02")
    moved_m = geodesic((36.7401, 116.2373), (kept["latitude"], kept["longitude"])).m
    assert 300 < moved_m < 1000


def test_no_point_is_all_columns_null_and_reads_as_none():
    kept = columns(None)

    assert kept == dict.fromkeys(POINT_COLUMNS)
    assert as_read(kept) is None


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09"])
def test_a_point_asked_for_in_its_own_system_comes_back_to_the_last_digit(crs):
    fixed_at = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
    point = Point(crs=crs, longitude=116.23731234567, latitude=36.74011234567, accuracy_m=4.0, fixed_at=fixed_at)
    read = as_read(columns(point), crs)

    assert (read.longitude, read.latitude, read.original_crs) == (116.23731234567, 36.74011234567, crs)
    assert (read.accuracy_m, read.fixed_at) == (4.0, fixed_at)


def test_a_coarsened_point_reads_without_its_original():
    kept = columns(Point(crs="bd09", **LIULI)) | dict.fromkeys(("crs", "original_longitude", "original_latitude"))

    read = as_read(kept, "wgs84")

    assert read.original_crs is None
    assert read.longitude == round(kept["longitude"], 7)


def test_a_stored_point_reads_in_any_system_within_ten_centimetres():
    kept = columns(Point(crs="wgs84", **LIULI))
    for crs in ("gcj02", "bd09"):
        shown = as_read(kept, crs)
        back = columns(Point(crs=crs, longitude=shown.longitude, latitude=shown.latitude))
        assert geodesic((back["latitude"], back["longitude"]), (36.7401, 116.2373)).m < 0.1


@pytest.mark.parametrize(
    "wrong",
    [
        {"longitude": nan},
        {"latitude": nan},
        {"longitude": inf},
        {"longitude": 180.1},
        {"latitude": -90.1},
        {"latitude": 116.2, "longitude": 36.7},
        {"accuracy_m": nan},
        {"accuracy_m": -1.0},
        {"crs": "epsg:4326"},
    ],
)
def test_a_point_that_is_nowhere_is_refused_by_name(wrong):
    with pytest.raises(PointOutside) as refused:
        columns(Point(**{"crs": "wgs84", **LIULI, **wrong}))
    assert {error.pointer for error in refused.value.errors} <= set(wrong)


@pytest.mark.parametrize("corner", [(180.0, 90.0), (-180.0, -90.0), (0.0, 0.0)])
def test_the_corners_of_the_earth_are_on_it(corner):
    kept = columns(Point(crs="gcj02", longitude=corner[0], latitude=corner[1]))
    assert (kept["longitude"], kept["latitude"]) == corner


@pytest.mark.parametrize(
    "body",
    [
        b'{"longitude":116.2,"latitude":36.7}',
        b'{"crs":"wgs72","longitude":116.2,"latitude":36.7}',
        b'{"crs":"wgs84","longitude":116.2,"latitude":96.7}',
        b'{"crs":"wgs84","longitude":"116.2","latitude":36.7}',
        b'{"crs":"wgs84","longitude":116.2,"latitude":36.7,"fixed_at":"2026-11-22T09:00:00"}',
        b'{"crs":"wgs84","longitude":116.2,"latitude":36.7,"provider":"g\\u0000ps"}',
        b'{"crs":"wgs84","longitude":116.2,"latitude":36.7,"accuracy_m":-3}',
        b'{"crs":"wgs84","longitude":116.2,"latitude":36.7,"height":3}',
        b'{"crs":"wgs84","longitude":NaN,"latitude":36.7}',
        b'{"crs":"wgs84","longitude":1e999,"latitude":36.7}',
    ],
)
def test_a_point_on_the_wire_without_crs_out_of_range_or_naive_in_time_does_not_parse(body):
    with pytest.raises(msgspec.MsgspecError):
        msgspec.json.decode(body, type=Point)
