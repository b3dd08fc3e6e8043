"""The public map of soils: nothing in it is of fewer than five farms, and nothing comes back by subtraction."""

import asyncio
import doctest
import itertools
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from backend.core import clock
from backend.laboratory import public_routes, public_soil, soil_figure_rules
from backend.laboratory.public_soil import list_public_soil
from backend.laboratory.soil_figure_policies import soil_figure_policy
from backend.laboratory.soil_figure_rules import Farms, told
from backend.laboratory.soil_refusals import NotPublic
from backend.laboratory.words import Comparator
from backend.territory.queries import DivisionUnknown
from backend.territory.tables import Level
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.laboratory.bench import client_of
from tests.laboratory.fields import MORNING, TOLD, Fields


@pytest.fixture
def fields(bench):
    public_soil.forget()
    return Fields(bench)


async def read(at=MORNING, **asked):
    public_soil.forget()
    with clock.stopped(at):
        return await list_public_soil(**{"division_code": COUNTY, **asked})


def codes(found):
    return [each.id for each in found.features]


async def test_a_village_is_told_from_five_farms_on(fields):
    await fields.village([10, 20, 30, 40])
    assert codes(await read()) == []

    await fields.village([50])
    [village] = (await read()).features
    assert (village.id, village.properties.households_at_least, village.properties.mean) == (VILLAGE, 5, 30.0)
    assert (village.properties.grade, village.properties.word) == (3, "3级")


async def test_five_tests_of_one_farm_are_one_farm(fields):
    household = await fields.household()
    for n in range(5):
        await fields.tested(household, 20 + n, plot=f"第{n}块")
    await fields.village([20, 20, 20])
    assert codes(await read()) == []


async def test_a_farm_counts_once_however_many_fields_it_has(fields):
    await fields.village([10, 10, 10, 10])
    household = await fields.household()
    for n in range(20):
        await fields.tested(household, 60, plot=f"第{n}块")
    assert (await read()).features[0].properties.mean == 20


async def test_of_a_field_the_newest_test_counts(fields):
    [first, *_] = await fields.village([10] * 5)
    await fields.tested(first, 60, at=TOLD + timedelta(days=20))
    assert (await read()).features[0].properties.mean == 20


async def test_whoever_has_no_card_stands_behind_no_figure(fields):
    await fields.village([10] * 4)
    for _ in range(6):
        await fields.tested(None, 90)
    assert codes(await read()) == []


async def test_a_farm_counts_in_the_village_of_its_card_only(fields):
    for household in await fields.village([10] * 4):
        await fields.tested(household, 10, division_code=NEXT_VILLAGE, plot="外村地")
    household = await fields.household(NEXT_VILLAGE)
    await fields.tested(household, 10, division_code=NEXT_VILLAGE)
    assert codes(await read()) == []


async def test_a_value_below_the_limit_of_detection_or_of_an_overdue_instrument_is_no_number(fields):
    await fields.village([10] * 4)
    await fields.village([5], comparator=Comparator.BELOW)
    await fields.village([10], judged={"judged_value": Decimal(10), "judged_unit": "g/kg"})
    assert codes(await read()) == []


async def test_a_new_test_is_seen_with_the_next_quarter_only(fields):
    await fields.village([10] * 5)
    before = await read()
    await fields.village([90], at=MORNING - timedelta(days=1))
    assert (await read()).features == before.features
    assert (before.counted_from.isoformat(), before.counted_to.isoformat()) == ("2023-04-01", "2026-03-31")

    [village] = (await read(at=datetime(2026, 7, 1, 1, tzinfo=UTC))).features
    assert village.properties.mean == 23
    assert (await read(at=datetime(2029, 7, 1, 1, tzinfo=UTC))).features == []


async def test_one_farm_more_does_not_show_in_the_number_of_farms(fields):
    await fields.village([10] * 9)
    assert (await read()).features[0].properties.households_at_least == 5


async def test_a_total_is_told_only_where_nobody_is_left_when_its_villages_are_taken_off(fields):
    await fields.village([10] * 6)
    await fields.village([90], division_code=NEXT_VILLAGE)
    found = await read(division_code=TOWNSHIP)
    assert (codes(found), found.total) == ([VILLAGE], None)
    assert (await read()).total is None

    await fields.village([50] * 4, division_code=NEXT_VILLAGE)
    found = await read(division_code=TOWNSHIP)
    assert set(codes(found)) == {VILLAGE, NEXT_VILLAGE}
    assert (found.total.mean, found.total.households_at_least) == (32, 10)


def test_no_difference_of_what_is_told_is_of_fewer_than_five():
    """Every sum of figures that an attacker may take from a larger one, on maps made at random."""
    chance = random.Random(7)
    for _ in range(300):
        villages = {
            f"3715261{township:02d}{village:03d}": Farms(chance.choice((1, 1, 2, 3, 4, 5, 6, 9)), Decimal(1))
            for township in range(3)
            for village in range(1, chance.randint(2, 5))
        }
        found = told(villages, least=5)
        leaves = {place: {code for code in villages if code.startswith(place)} for place in found}
        assert all(sum(villages[each].n for each in leaves[place]) == found[place].n for place in found)
        for whole, parts in ((w, p) for w in found for n in range(1, 4) for p in itertools.combinations(found, n)):
            inside = [leaves[each] for each in parts if each != whole and leaves[each] <= leaves[whole]]
            apart = sum(map(len, inside)) == len(set().union(*inside)) if inside else False
            rest = leaves[whole] - set().union(*inside) if apart else set()
            assert not 0 < sum(villages[each].n for each in rest) < 5, (villages, whole, parts)


async def test_which_part_is_asked_for_changes_nothing_of_what_is_told(fields):
    await fields.village([10] * 6)
    await fields.village([90] * 2, division_code=NEXT_VILLAGE)
    of_county, of_village = await read(), await read(division_code=VILLAGE)
    assert of_county.features == of_village.features == [*of_county.features]
    hidden = await read(division_code=NEXT_VILLAGE)
    assert (hidden.features, hidden.total) == ([], None)


async def test_townships_are_told_as_villages_are(fields):
    await fields.village([10] * 3)
    await fields.village([20] * 3, division_code=NEXT_VILLAGE)
    found = await read(level=Level.TOWNSHIP)
    assert [(each.id, each.properties.mean) for each in found.features] == [(TOWNSHIP, 15.0)]


async def test_a_point_is_the_villages_own_or_none(fields):
    await fields.division("371526101901", at=(116.301234, 36.91))
    await fields.village([10] * 5)
    await fields.village([10] * 5, division_code="371526101901")
    points = {each.id: each.geometry and each.geometry.coordinates for each in (await read()).features}
    assert points == {VILLAGE: None, "371526101901": (116.3012, 36.91)}


async def test_carbon_counts_as_matter_and_ph_is_told_as_a_class(fields):
    await fields.village([10] * 5, analyte="organic_carbon")
    assert (await read()).features[0].properties.mean == 17
    await fields.village([5.1] * 5, analyte="ph")
    [village] = (await read(analyte="ph")).features
    assert (village.properties.mean, village.properties.ph_class, village.properties.word) == (
        5.1,
        "strongly_acid",
        "强酸性",
    )


async def test_of_heavy_metals_nothing_is_told_in_public(fields):
    for analyte in ("cadmium", "glyphosate", "gold"):
        with pytest.raises(NotPublic):
            await read(analyte=analyte)


async def test_a_place_is_a_county_or_below(fields):
    with pytest.raises(NotPublic):
        await read(division_code="371500000000")
    with pytest.raises(DivisionUnknown):
        await read(division_code="371599000000")
    assert (await read(division_code=OTHER_COUNTY)).features == []


async def test_anybody_reads_it_as_geojson(fields):
    await fields.village([10] * 5)
    async with client_of(public_routes.router) as client:
        with clock.stopped(MORNING):
            answer = await client.get("/laboratory/public/soil", params={"division_code": TOWNSHIP})
            assert (await client.get("/laboratory/public/soil")).status_code == 400
            assert (await client.get("/laboratory/public/soil?division_code=37%2715")).status_code == 400
    assert answer.status_code == 200
    found = answer.json()
    assert (found["type"], found["features"][0]["type"], found["features"][0]["geometry"]) == (
        "FeatureCollection",
        "Feature",
        None,
    )
    assert found["note"].startswith("这是免费测过土的农户的平均值")
    household_words = ("household_id", "plot", "村东地", "T-00")
    assert not any(word in answer.text for word in household_words)


def test_the_policy_says_where_its_numbers_come_from():
    assert "[K]" in soil_figure_policy(MORNING.date()).source


def test_the_rules_own_examples_hold():
    assert doctest.testmod(soil_figure_rules).failed == 0


async def test_many_who_ask_at_once_cost_one_count(fields, monkeypatch):
    await fields.village([10] * 5)
    counted = []
    count = public_soil.queries.farms_of_villages

    async def counting(*asked, **told_too):
        counted.append(asked)
        return await count(*asked, **told_too)

    monkeypatch.setattr(public_soil.queries, "farms_of_villages", counting)
    public_soil.forget()
    with clock.stopped(MORNING):
        places = (COUNTY, TOWNSHIP, VILLAGE) * 3
        found = await asyncio.gather(*(list_public_soil(division_code=place) for place in places))
    assert len(counted) == 1
    assert all(codes(each) == [VILLAGE] for each in found)
