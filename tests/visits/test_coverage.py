"""How many households of each place were reached, and how many wait."""

from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest

from backend.core.clock import stopped
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.visits.coverage import Coverage, CoverageRow, coverage
from backend.visits.tables import Channel
from backend.visits.targets import Period, list_targets, set_target
from backend.visits.visibility import AnotherTerritory
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.visits.fieldwork import FAR_TOWNSHIP, FAR_VILLAGE, noon

Q1 = {"occurred_from": noon(2026, 1, 1), "occurred_to": noon(2026, 3, 31) + timedelta(hours=12)}
FEBRUARY, MARCH = noon(2026, 2, 10), noon(2026, 3, 10)


async def asked(by, division_code=COUNTY, **span):
    return await coverage(division_code=division_code, by=by, **(Q1 | span))


def row(covered, code):
    return next(row for row in covered.rows if row.division_code == code)


async def target(fieldwork, division_code, period, minimum_visits, since=date(2026, 1, 1), by=None, **arguments):
    return await set_target(
        id=arguments.get("id") or uuid7(), division_code=division_code, period=period, minimum_visits=minimum_visits,
        valid_from=since, source="county order", by=by or fieldwork.supervisor,
    )  # fmt: skip


async def test_each_place_below_tells_its_households_and_who_of_them_was_reached(fieldwork):
    cast = fieldwork.cast
    await fieldwork.visit(fieldwork.cadre, household=cast.household, at=MARCH)
    await fieldwork.visit(fieldwork.cadre, household=cast.household, at=MARCH)
    await fieldwork.visit(fieldwork.cadre, household=cast.second_household, channel=Channel.CALL, at=MARCH)
    await fieldwork.visit(fieldwork.cadre, channel=Channel.SMS, at=MARCH)
    await fieldwork.visit(fieldwork.cadre, household=cast.third_household, at=noon(2026, 4, 1))

    covered = await asked(fieldwork.supervisor, TOWNSHIP)

    here, next_door = row(covered, VILLAGE), row(covered, NEXT_VILLAGE)
    assert (here.households, here.visited, here.contacted) == (3, 1, 2)
    assert (here.visited_share, here.contacted_share) == (0.3333, 0.6667)
    assert (here.visits, here.calls, here.sms, here.wechat) == (2, 1, 1, 0)
    assert (next_door.households, next_door.visited, next_door.visited_share) == (1, 0, 0.0)


async def test_the_rows_add_up_to_the_total_and_come_in_the_order_of_their_codes(fieldwork):
    await fieldwork.household("FAR-1", FAR_VILLAGE)
    await fieldwork.visit(fieldwork.cadre, household=fieldwork.cast.household, at=MARCH)

    covered = await asked(fieldwork.supervisor)

    assert [row.division_code for row in covered.rows] == [TOWNSHIP, FAR_TOWNSHIP]
    assert covered.total.households == sum(row.households for row in covered.rows) == 5
    assert (covered.total.visited, covered.total.visited_share) == (1, 0.2)


async def test_below_target_counts_visits_in_the_targets_own_period_and_never_calls(fieldwork):
    cast = fieldwork.cast
    await target(fieldwork, COUNTY, Period.QUARTER, 1)
    await target(fieldwork, VILLAGE, Period.MONTH, 2)
    await fieldwork.visit(fieldwork.cadre, household=cast.household, at=MARCH)
    await fieldwork.visit(fieldwork.cadre, household=cast.household, at=noon(2026, 3, 31))
    await fieldwork.visit(fieldwork.cadre, household=cast.second_household, at=MARCH)
    await fieldwork.visit(fieldwork.cadre, household=cast.second_household, channel=Channel.CALL, at=MARCH)
    await fieldwork.visit(fieldwork.cadre, household=cast.third_household, at=FEBRUARY)
    await fieldwork.visit(fieldwork.cadre, household=cast.third_household, at=FEBRUARY)
    await fieldwork.visit(fieldwork.successor, household=cast.next_household, village=NEXT_VILLAGE, at=FEBRUARY)

    covered = await asked(fieldwork.supervisor, TOWNSHIP)

    assert row(covered, VILLAGE).below_target == 2
    assert row(covered, NEXT_VILLAGE).below_target == 0
    assert covered.total.without_target == 0


async def test_without_a_target_nobody_is_below_it(fieldwork):
    covered = await asked(fieldwork.supervisor)

    assert (covered.total.below_target, covered.total.without_target) == (0, 4)


async def test_a_village_without_children_has_a_total_and_no_rows(fieldwork):
    covered = await asked(fieldwork.supervisor, VILLAGE)

    assert (covered.total.households, covered.rows) == (3, [])


async def test_unless_told_the_span_begins_with_the_year_in_shandong(fieldwork):
    with stopped(noon(2026, 6, 1)):
        covered = await coverage(division_code=COUNTY, by=fieldwork.supervisor)

    assert covered.occurred_from.isoformat() == "2026-01-01T00:00:00+08:00"
    assert covered.occurred_to == noon(2026, 6, 1)


async def test_coverage_is_for_those_who_oversee_the_whole_division(fieldwork):
    for by in (fieldwork.cadre, fieldwork.handler):
        with pytest.raises(Forbidden):
            await asked(by, VILLAGE)
    for code in (COUNTY, TOWNSHIP, OTHER_COUNTY):
        with pytest.raises(AnotherTerritory):
            await asked(fieldwork.township_supervisor, code)
    assert (await asked(fieldwork.township_supervisor, FAR_TOWNSHIP)).total.households == 0
    with pytest.raises(Invalid):
        await asked(fieldwork.supervisor, occurred_to=noon(2025, 1, 1))


def test_coverage_names_no_person_and_no_household():
    for shape in (Coverage, CoverageRow):
        names = {field.name for field in msgspec.structs.fields(shape)}
        assert not {name for name in names if "person" in name or "recorded_by" in name or "household_" in name}


async def test_the_nearest_division_with_a_target_wins_and_of_its_targets_the_latest_begun(fieldwork):
    await target(fieldwork, COUNTY, Period.YEAR, 4)
    await target(fieldwork, TOWNSHIP, Period.QUARTER, 1)
    await target(fieldwork, TOWNSHIP, Period.QUARTER, 2, since=date(2026, 2, 1))
    await target(fieldwork, TOWNSHIP, Period.QUARTER, 3, since=date(2027, 1, 1))

    with stopped(noon(2026, 6, 1)):
        listed = await list_targets(division_code=VILLAGE)

    assert [(found.division_code, found.minimum_visits) for found in listed] == [
        (TOWNSHIP, 2),
        (TOWNSHIP, 1),
        (COUNTY, 4),
        (TOWNSHIP, 3),
    ]


async def test_a_target_set_twice_is_one_and_another_for_the_same_day_is_refused(fieldwork):
    id = uuid4()
    first = await target(fieldwork, COUNTY, Period.YEAR, 4, id=id)
    again = await target(fieldwork, COUNTY, Period.YEAR, 4, id=id)

    assert (first.created, again.created, first.record) == (True, False, again.record)
    with pytest.raises(DifferentArguments):
        await target(fieldwork, COUNTY, Period.YEAR, 5, id=id)
    with pytest.raises(DifferentArguments):
        await target(fieldwork, COUNTY, Period.YEAR, 5)
    assert len(await list_targets(division_code=COUNTY)) == 1


async def test_targets_are_set_by_supervisors_and_administrators_of_the_place(fieldwork):
    for by in (fieldwork.cadre, fieldwork.auditor, fieldwork.handler):
        with pytest.raises(Forbidden):
            await target(fieldwork, COUNTY, Period.YEAR, 4, by=by)
    with pytest.raises(AnotherTerritory):
        await target(fieldwork, TOWNSHIP, Period.YEAR, 4, by=fieldwork.township_supervisor)
    assert (await target(fieldwork, COUNTY, Period.YEAR, 4, by=fieldwork.admin)).created
