"""What territory promises about reading the tree."""

import random
from datetime import date

import pytest

from backend.core import clock
from backend.territory import actions, queries
from backend.territory.coordinates import geodesic_m
from backend.territory.points import Point, PointOutside
from backend.territory.queries import DivisionFilters, DivisionUnknown
from backend.territory.rules import DivisionCodeWrong
from backend.territory.tables import Level
from tests.plans import read_whole, scans, touched

LIULI, LIULISI, GAOTANG = "371526101335", "371526101000", "371526000000"


async def listed(**filters) -> list[str]:
    rows = await queries.list_divisions(filters=DivisionFilters(**filters), limit=1000)
    return [row.code for row in rows]


async def test_the_subtree_of_a_township_is_read_through_the_prefix_index(divisions):
    subtree = queries.SUBTREE.format(n=1)
    found = await scans(f"SELECT * FROM territory_division d WHERE {subtree}", "371526101")

    assert not read_whole(found, "territory_division")
    assert touched(found) < 200, found


async def test_the_subtree_of_a_township_is_the_township_its_villages_and_their_cells(divisions):
    cell = await actions.open_cell(
        village_code=LIULI, number=1, name="一网格", valid_from=clock.today(), source="township"
    )

    under = await listed(under=LIULISI)

    assert under[0] == LIULISI
    assert cell.code in under
    assert all(code.startswith("371526101") for code in under)
    assert sorted(under) == under
    assert set(await listed(parent_code=LIULISI)) == set(under) - {LIULISI, cell.code}


async def test_divisions_are_found_by_level_and_by_part_of_a_name_taken_literally(divisions):
    assert len(await listed(level=Level.COUNTY)) == 10
    assert LIULI in await listed(name="琉璃庙")
    assert await listed(name="%") == []
    assert await listed(name="_") == []


async def test_pages_follow_each_other_without_a_gap_or_a_repeat(divisions):
    seen: list[str] = []
    after = None
    while True:
        rows = await queries.list_divisions(filters=DivisionFilters(under=GAOTANG), limit=50, after=after)
        seen += [row.code for row in rows[:50]]
        if len(rows) <= 50:
            break
        after = rows[49].prefix
    assert seen == await listed(under=GAOTANG)
    assert len(seen) > 150


async def test_a_day_before_the_list_has_no_divisions(divisions):
    filters = DivisionFilters()
    assert await queries.list_divisions(filters=filters, limit=5, on=date(2023, 6, 29)) == []
    with pytest.raises(DivisionUnknown):
        await queries.division(code=LIULI, on=date(2023, 6, 29))


async def test_what_has_no_codes_shape_is_wrong_and_what_is_not_listed_is_unknown(divisions):
    with pytest.raises(DivisionCodeWrong):
        await queries.division(code="3715\x00")
    with pytest.raises(DivisionUnknown):
        await queries.division(code="371526101999")


async def scattered(count: int = 120) -> dict[str, tuple[float, float]]:
    dice = random.Random(371526)
    codes = (await listed(under=GAOTANG, level=Level.VILLAGE))[:count]
    places = {code: (dice.uniform(116.0, 116.5), dice.uniform(36.7, 37.0)) for code in codes}
    points = {code: Point(crs="wgs84", longitude=x, latitude=y) for code, (x, y) in places.items()}
    await actions.place_divisions(points=points, demo=True)
    return places


async def test_the_nearest_divisions_are_those_a_tape_measure_finds(divisions):
    places = await scattered()
    dice = random.Random(1)
    for _ in range(25):
        here = (dice.uniform(115.9, 116.6), dice.uniform(36.6, 37.1))
        by_tape = sorted((round(geodesic_m(here, place), 1), code) for code, place in places.items())[:3]

        found = await queries.nearest(longitude=here[0], latitude=here[1], limit=3)

        assert [(near.distance_m, near.division.code) for near in found] == by_tape


async def test_nearest_in_degrees_does_not_beat_nearest_in_metres(divisions):
    north, east = "371526101335", "371526101336"
    points = {north: (116.2, 36.8 + 0.009), east: (116.2 + 0.0105, 36.8)}  # 999 m north, 937 m east
    wire = {code: Point(crs="wgs84", longitude=x, latitude=y) for code, (x, y) in points.items()}
    await actions.place_divisions(points=wire, demo=True)

    (found,) = await queries.nearest(longitude=116.2, latitude=36.8)

    assert found.division.code == east
    assert found.distance_m == pytest.approx(937, abs=2)


async def test_nothing_is_near_from_another_province_and_other_levels_do_not_answer(divisions):
    await scattered(5)
    assert await queries.nearest(longitude=121.5, latitude=31.2) == []
    assert await queries.nearest(longitude=116.2, latitude=36.8, level=Level.COUNTY) == []
    assert await queries.nearest(longitude=0.0, latitude=90.0) == []


async def test_nearest_to_nowhere_is_refused(divisions):
    with pytest.raises(PointOutside):
        await queries.nearest(longitude=float("nan"), latitude=36.8)


async def test_the_nearest_point_is_read_through_its_index(divisions):
    await scattered()
    found = await scans(queries.NEAREST, 116.2, 36.8, "village", clock.today(), 3)
    assert not read_whole(found, "territory_division")
    assert touched(found) < 60, found
