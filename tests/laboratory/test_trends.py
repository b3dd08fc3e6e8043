"""Soil over the years: of a field for whoever reads its findings, of a village for those who work there."""

import doctest
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from backend.core import clock
from backend.core.refusals import Forbidden
from backend.laboratory import soil_measures, soil_trend_rules, trend_routes
from backend.laboratory.soil_figure_policies import soil_figure_policy
from backend.laboratory.soil_refusals import NoSoilTests, NotFollowed, NoVillage
from backend.laboratory.soil_trend_rules import Direction, way
from backend.laboratory.trends import household_trends, village_trends
from backend.laboratory.words import Comparator, RunKind, SoilCategory
from tests.cast import TOWNSHIP, VILLAGE
from tests.laboratory.bench import client_of, signed_in
from tests.laboratory.fields import MORNING, Fields

POLICY = soil_figure_policy(MORNING.date())


@pytest.fixture
def fields(bench):
    return Fields(bench)


def in_year(year):
    return datetime(year, 3, 1, 2, tzinfo=UTC)


async def over_years(fields, household, values, *, analyte="organic_matter", plot="村东地", first=2023, **columns):
    for year, value in enumerate(values, first):
        await fields.tested(household, value, analyte=analyte, plot=plot, at=in_year(year), **columns)


async def of_household(fields, household, *, by=None, **asked):
    with clock.stopped(MORNING):
        return await household_trends(household_id=household, by=by or fields.bench.technician, **asked)


async def of_village(fields, *, by=None, code=VILLAGE, **asked):
    with clock.stopped(MORNING):
        return await village_trends(division_code=code, by=by or fields.bench.technician, **asked)


def gone(*values, is_ph=False):
    points = [(Decimal(year), Decimal(str(value))) for year, value in enumerate(values, 2020)]
    found = way(points, is_ph=is_ph, policy=POLICY)
    return found and found.direction


def test_fewer_than_three_points_have_no_direction():
    assert gone(10, 30) is None
    assert gone(10) is None
    assert way([(Decimal(2026), Decimal(each)) for each in (10, 20, 30)], is_ph=False, policy=POLICY) is None


def test_what_rises_rises_and_what_falls_falls():
    assert gone(10, 12, 14) is Direction.RISING
    assert gone(14, 12, 10) is Direction.FALLING


def test_a_change_smaller_than_sampling_scatters_is_none():
    assert gone(20, 20.5, 21) is Direction.LEVEL
    assert gone(6.8, 6.7, 6.6, is_ph=True) is Direction.LEVEL
    assert gone(6.8, 6.5, 6.2, is_ph=True) is Direction.FALLING


def test_points_that_go_to_and_fro_have_no_direction():
    assert gone(10, 30, 20) is Direction.LEVEL
    assert gone(10, 10, 10) is Direction.LEVEL


def test_one_odd_year_among_many_does_not_turn_the_others():
    assert gone(10, 12, 14, 90, 18, 20, 22) is Direction.RISING
    assert gone(22, 20, 18, 1, 14, 12, 10) is Direction.FALLING


def test_the_order_in_which_points_come_says_nothing():
    points = [(Decimal(year), Decimal(value)) for year, value in ((2023, 10), (2024, 12), (2025, 15), (2026, 14))]
    found = {way(turned, is_ph=False, policy=POLICY) for turned in (points, points[::-1], points[2:] + points[:2])}
    assert len(found) == 1


@pytest.mark.parametrize("module", [soil_trend_rules, soil_measures])
def test_the_rules_own_examples_hold(module):
    assert doctest.testmod(module).failed == 0


async def test_a_field_is_told_with_its_values_grades_and_where_they_go(fields):
    household = fields.bench.cast.household
    await over_years(fields, household, [14, 17, 21])
    [trend] = (await of_household(fields, household)).trends
    assert (trend.plot, trend.analyte, trend.name, trend.unit) == ("村东地", "organic_matter", "有机质", "g/kg")
    assert [(each.mean, each.grade, each.on.year) for each in trend.points] == [
        (14, 4, 2023),
        (17, 4, 2024),
        (21, 3, 2025),
    ]
    assert (trend.direction, trend.n, trend.mean) == (Direction.RISING, 3, 17.333)
    assert trend.change == pytest.approx(7, abs=0.1)
    assert trend.says == "有机质在上升：2023 年 3 月为 14 g/kg（4级），2025 年 3 月为 21 g/kg（3级）。"


async def test_two_tests_are_told_without_a_direction(fields):
    household = fields.bench.cast.household
    await over_years(fields, household, [14, 21])
    [trend] = (await of_household(fields, household)).trends
    assert (trend.direction, trend.change) == (None, None)
    assert trend.says == "有机质：2024 年 3 月为 21 g/kg（3级）。三次以上才看得出升降。"


async def test_every_field_and_every_measure_has_its_own(fields):
    household = fields.bench.cast.household
    await over_years(fields, household, [14], plot="村西地")
    await over_years(fields, household, [6.9], analyte="ph")
    await over_years(fields, household, [130], analyte="available_k")
    await over_years(fields, household, [10], plot=None)
    found = (await of_household(fields, household)).trends
    assert [(each.plot, each.analyte) for each in found] == [
        ("村东地", "ph"),
        ("村东地", "available_k"),
        ("村西地", "organic_matter"),
        (None, "organic_matter"),
    ]
    assert [each.analyte for each in (await of_household(fields, household, analyte="ph")).trends] == ["ph"]
    with pytest.raises(NotFollowed):
        await of_household(fields, household, analyte="glyphosate")


async def test_replicates_of_one_sample_are_one_point(fields):
    household = fields.bench.cast.household
    sample = await fields.tested(household, 14)
    await fields.read(sample, 18)
    [trend] = (await of_household(fields, household)).trends
    assert [(each.mean, each.n) for each in trend.points] == [(16, 2)]


async def test_a_joined_sample_and_what_no_rule_judged_are_no_points(fields):
    household = fields.bench.cast.household
    kept = await fields.tested(household, 14)
    await fields.tested(household, 90, state="joined", joined_to=kept)
    await fields.tested(household, 90, judged={"judged_value": Decimal(90), "judged_unit": "g/kg"})
    await fields.tested(household, 5, comparator=Comparator.BELOW)
    [trend] = (await of_household(fields, household)).trends
    assert [each.mean for each in trend.points] == [14]


async def test_of_a_heavy_metal_the_category_goes_along(fields):
    household = fields.bench.cast.household
    judged = {"judged_value": Decimal("0.5"), "judged_unit": "mg/kg", "category": SoilCategory.SAFE_USE}
    await fields.tested(household, 0.5, analyte="cadmium", judged=judged)
    [trend] = (await of_household(fields, household)).trends
    [point] = trend.points
    assert (trend.unit, point.category, point.grade) == ("mg/kg", SoilCategory.SAFE_USE, None)


async def test_a_farmers_findings_are_for_his_desk_and_others_learn_only_that_something_is_withheld(fields):
    bench, household = fields.bench, fields.bench.cast.household
    sample = await fields.tested(household, 14)
    for by in (bench.technician, bench.expert):
        found = await of_household(fields, household, by=by)
        assert (len(found.trends), found.withheld_n) == (1, 0)
    for by in (bench.cast.supervisor, bench.cast.auditor, bench.cast.cadre):
        found = await of_household(fields, household, by=by)
        assert (found.trends, found.withheld_n) == ([], 1)
    for by in (bench.cast.stranger, bench.outsider, bench.cast.handler, bench.cast.expert):
        with pytest.raises(NoSoilTests):
            await of_household(fields, household, by=by)

    await bench.shares(sample)
    assert len((await of_household(fields, household, by=bench.cast.supervisor)).trends) == 1
    await bench.shares(sample, given=False)
    assert (await of_household(fields, household, by=bench.cast.supervisor)).trends == []


async def test_overseers_read_a_supervision_sampling(fields):
    household = fields.bench.cast.household
    await fields.tested(household, 14, run_kind=RunKind.SUPERVISION)
    found = await of_household(fields, household, by=fields.bench.cast.supervisor)
    assert (len(found.trends), found.withheld_n) == (1, 0)


async def test_a_household_without_soil_tests_is_as_one_that_does_not_exist(fields):
    with pytest.raises(NoSoilTests):
        await of_household(fields, fields.bench.cast.third_household)
    with pytest.raises(NoSoilTests):
        await of_household(fields, fields.bench.studio)


async def test_a_village_is_told_by_years_each_farm_once_a_year(fields):
    for year, value in ((2023, 10), (2024, 12), (2025, 14)):
        household = await fields.household()
        await fields.tested(household, value, at=in_year(year))
        await fields.tested(household, value, at=in_year(year), plot="第二块")
        await fields.tested(None, value + 6, at=in_year(year))
    found = await of_village(fields)
    [trend] = found.trends
    assert [(each.year, each.households, each.mean, each.n) for each in trend.points] == [
        (2023, 2, 13, 3),
        (2024, 2, 15, 3),
        (2025, 2, 17, 3),
    ]
    assert (found.least, trend.direction) == (1, Direction.RISING)
    assert trend.says == "有机质在上升：2023 年为 13 g/kg（4级），2025 年为 17 g/kg（4级）。"


async def test_to_overseers_a_year_is_told_of_five_farms_or_more_to_two_figures_and_late(fields):
    await fields.village([10.11] * 5, at=in_year(2024))
    await fields.village([12.34] * 7, at=in_year(2025))
    await fields.village([90] * 4, at=in_year(2026))
    await fields.village([90] * 6, at=MORNING - timedelta(days=3))
    found = await of_village(fields, by=fields.bench.cast.supervisor)
    [trend] = found.trends
    assert [(each.year, each.households, each.mean, each.n) for each in trend.points] == [
        (2024, 5, 10, None),
        (2025, 5, 12, None),
    ]
    assert (found.least, found.until.isoformat(), trend.n) == (5, "2026-03-31", None)


async def test_to_overseers_no_farm_without_a_card_counts_and_no_metal_is_told(fields):
    for _ in range(6):
        await fields.tested(None, 14)
    judged = {"judged_value": Decimal("0.5"), "judged_unit": "mg/kg", "category": SoilCategory.SAFE_USE}
    await fields.village([0.5] * 6, analyte="cadmium", judged=judged)
    assert (await of_village(fields, by=fields.bench.cast.supervisor)).trends == []
    assert [each.analyte for each in (await of_village(fields)).trends] == ["organic_matter", "cadmium"]


async def test_another_countys_people_find_nothing_in_a_village(fields):
    await fields.village([10] * 6)
    assert (await of_village(fields, by=fields.bench.outsider)).trends == []
    assert (await of_village(fields, by=fields.bench.cast.technician)).trends == []  # has no desk
    for by in (fields.bench.cast.cadre, fields.bench.cast.stranger):
        with pytest.raises(Forbidden):
            await of_village(fields, by=by)
    with pytest.raises(NoVillage):
        await of_village(fields, code=TOWNSHIP)


async def test_over_http_it_is_asked_nobody_wrong_shape_stranger_right_person(fields):
    household = fields.bench.cast.household
    await fields.tested(household, 14)
    paths = (f"/laboratory/trends/households/{household}", f"/laboratory/trends/villages/{VILLAGE}")
    async with client_of(trend_routes.router) as client:
        for path in paths:
            assert (await client.get(path)).status_code == 401
            wrong = await client.get(path + "?analyte=%27", headers=await signed_in(fields.bench.technician))
            assert wrong.status_code == 400
            right = await client.get(path, headers=await signed_in(fields.bench.technician))
            assert (right.status_code, right.json()["trends"][0]["analyte"]) == (200, "organic_matter")
        stranger = await signed_in(fields.bench.cast.stranger)
        assert [(await client.get(path, headers=stranger)).status_code for path in paths] == [404, 403]
        wrong = await client.get("/laboratory/trends/villages/12", headers=await signed_in(fields.bench.technician))
        assert wrong.status_code == 400


def test_measures_stand_in_one_order_fertility_first():
    fertile = [each.fertile for each in soil_measures.measures().values()]
    assert all(one >= other for one, other in pairwise(fertile))
