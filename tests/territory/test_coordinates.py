"""What territory promises about points: conversions, distances, and the coarse cell."""

import doctest

import eviltransform
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from backend.territory import coordinates
from backend.territory.coordinates import (
    EAST,
    GREAT_CIRCLE_ERROR,
    NORTH,
    SOUTH,
    WEST,
    Crs,
    cell_1km,
    distance_m,
    from_wgs84,
    geodesic_m,
    great_circle_m,
    to_wgs84,
)

GAOTANG, GUAN, ZHUCHENG = (116.231, 36.865), (115.442, 36.484), (119.410, 35.996)
SHIFTED = (Crs.GCJ02, Crs.BD09)
FAR_AWAY = [
    (0.0, 0.0),
    (-0.1276, 51.5072),
    (151.2093, -33.8688),
    (-58.38, -34.6),
    (139.6917, 35.6895),
    (180.0, 90.0),
    (-180.0, -90.0),
]

in_the_box = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
anywhere = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
nearby = st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))


def theirs(longitude, latitude, crs):
    """The independent library's answer; it takes latitude first."""
    convert = {Crs.GCJ02: eviltransform.wgs2gcj, Crs.BD09: eviltransform.wgs2bd}[crs]
    there = convert(latitude, longitude)
    return there[1], there[0]


def grid():
    """The whole box, points on its edges included."""
    for column in range(67):
        for row in range(56):
            yield WEST + (EAST - WEST) * column / 66, SOUTH + (NORTH - SOUTH) * row / 55


@pytest.mark.parametrize("crs", SHIFTED)
@given(place=in_the_box)
def test_every_place_in_the_box_comes_back_to_the_millimetre(crs, place):
    back = to_wgs84(*from_wgs84(*place, crs), crs)
    assert great_circle_m(place, back) < 0.001


@pytest.mark.parametrize("crs", SHIFTED)
@given(named=st.tuples(st.floats(72.1, 137.8), st.floats(0.9, 55.8)))
def test_a_map_point_comes_back_to_the_map(crs, named):
    assert great_circle_m(named, from_wgs84(*to_wgs84(*named, crs), crs)) < 0.001


@pytest.mark.parametrize("crs", SHIFTED)
def test_over_the_whole_box_we_agree_with_an_independent_library(crs):
    # 2 cm: it takes the WGS-84 radius for the shift, the common code Krasovsky's.
    # Baidu's step it leaves out where the first one has crossed the edge.
    for place in grid():
        if crs is Crs.GCJ02 or (place[0] < EAST - 0.02 and place[1] < NORTH - 0.02):
            assert great_circle_m(from_wgs84(*place, crs), theirs(*place, crs)) < 0.02, place


def test_the_exact_inverse_of_an_independent_library_agrees_with_ours():
    for place in (GAOTANG, GUAN, ZHUCHENG):
        latitude, longitude = eviltransform.gcj2wgs_exact(place[1], place[0])
        assert (
            great_circle_m(to_wgs84(*place, Crs.GCJ02), (longitude, latitude)) < 0.2
        )  # theirs stops at a millionth of a degree


@pytest.mark.parametrize(("place", "shift_m"), [(GAOTANG, 508), (GUAN, 547), (ZHUCHENG, 528)])
def test_our_three_counties_move_by_half_a_kilometre(place, shift_m):
    assert great_circle_m(place, from_wgs84(*place, Crs.GCJ02)) == pytest.approx(shift_m, abs=1)


@pytest.mark.parametrize("crs", SHIFTED)
@pytest.mark.parametrize("place", FAR_AWAY)
def test_outside_the_box_nothing_moves_in_either_direction(place, crs):
    assert from_wgs84(*place, crs) == place == to_wgs84(*place, crs)


@pytest.mark.parametrize("crs", SHIFTED)
def test_a_hair_inside_the_edge_a_place_moves_and_comes_back(crs):
    hair = 1e-9
    for place in [
        (WEST + hair, 40.0),
        (EAST - hair, 40.0),
        (100.0, SOUTH + hair),
        (100.0, NORTH - hair),
        (WEST, SOUTH),
        (EAST, NORTH),
    ]:
        moved = from_wgs84(*place, crs)
        assert moved != place
        assert great_circle_m(place, to_wgs84(*moved, crs)) < 0.001, place


@pytest.mark.parametrize("crs", SHIFTED)
def test_a_hair_outside_the_edge_a_place_stays_and_is_never_read_more_than_the_shift_away(crs):
    hair = 1e-9
    for place in [(WEST - hair, 40.0), (100.0, SOUTH - hair)]:
        assert from_wgs84(*place, crs) == place == to_wgs84(*place, crs)
    for place in [(EAST + hair, 40.0), (100.0, NORTH + hair)]:
        assert from_wgs84(*place, crs) == place
        assert great_circle_m(place, to_wgs84(*place, crs)) < 1_800, place


@pytest.mark.parametrize("crs", SHIFTED)
@given(place=anywhere)
def test_no_conversion_moves_a_point_by_two_kilometres(crs, place):
    assert great_circle_m(place, from_wgs84(*place, crs)) < 2_000
    assert great_circle_m(place, to_wgs84(*place, crs)) < 2_000


@given(place=anywhere)
def test_wgs84_is_itself(place):
    assert from_wgs84(*place, Crs.WGS84) == place == to_wgs84(*place, Crs.WGS84)


def test_a_crs_may_be_given_by_its_name_and_an_unknown_one_is_refused():
    assert to_wgs84(*GAOTANG, "gcj02") == to_wgs84(*GAOTANG, Crs.GCJ02)
    with pytest.raises(ValueError, match="cgcs2000"):
        to_wgs84(*GAOTANG, "cgcs2000")


@given(a=anywhere, b=anywhere)
def test_the_great_circle_is_never_more_than_its_stated_error_from_the_geodesic(a, b):
    exact = geodesic((a[1], a[0]), (b[1], b[0])).m
    assert great_circle_m(a, b) == pytest.approx(exact, rel=GREAT_CIRCLE_ERROR, abs=1e-6)


@given(a=in_the_box, step=nearby, closer=st.floats(0.99, 1.01))
def test_a_comparison_with_the_named_threshold_is_always_the_exact_one(a, step, closer):
    b = (a[0] + step[0], a[1] + step[1])
    threshold = geodesic_m(a, b) * closer
    assert (distance_m(a, b, exact_near_m=threshold) > threshold) == (geodesic_m(a, b) > threshold)


def test_without_a_threshold_the_cheap_distance_is_given_and_near_one_the_exact():
    north = (GAOTANG[0], GAOTANG[1] + 0.01)
    assert distance_m(GAOTANG, north) == great_circle_m(GAOTANG, north) != geodesic_m(GAOTANG, north)
    assert distance_m(GAOTANG, north, exact_near_m=geodesic_m(GAOTANG, north)) == geodesic_m(GAOTANG, north)
    assert distance_m(GAOTANG, north, exact_near_m=50) == great_circle_m(GAOTANG, north)


@given(place=anywhere)
def test_the_cell_of_a_cell_is_itself(place):
    assert cell_1km(*cell_1km(*place)) == cell_1km(*place)


@given(place=st.tuples(st.floats(-180, 180), st.floats(-85, 85)))
def test_a_point_is_at_most_half_a_diagonal_from_the_centre_of_its_cell(place):
    assert geodesic_m(place, cell_1km(*place)) < 715


@given(place=in_the_box)
def test_in_china_a_cell_is_about_a_kilometre_each_way(place):
    x, y = cell_1km(*place)
    nudge = 0.009 / 2 + 1e-6
    assert cell_1km(x, y + nudge)[1] > y
    assert 990 < geodesic_m((x, y - 0.0045), (x, y + 0.0045)) < 1_010
    east = next(step for step in range(1, 300) if cell_1km(x + step * 1e-4, y)[0] > x) * 1e-4
    assert 980 < geodesic_m((x - east, y), (x + east, y)) < 1_035


def test_two_neighbours_in_one_cell_can_no_longer_be_told_apart():
    x, y = cell_1km(*GAOTANG)
    assert cell_1km(x + 0.004, y + 0.004) == cell_1km(x - 0.004, y - 0.004) == (x, y)


def test_the_poles_and_the_date_line_have_cells_too():
    assert cell_1km(180.0, 10.0) == cell_1km(-180.0, 10.0)
    assert cell_1km(0.0, 90.0)[1] == 89.9955
    assert cell_1km(0.0, -90.0)[1] == -89.9955


def test_the_worked_examples_in_the_docstrings_hold():
    assert doctest.testmod(coordinates) == doctest.TestResults(failed=0, attempted=1)
