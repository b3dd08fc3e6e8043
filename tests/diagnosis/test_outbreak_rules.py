"""When a burst is an outbreak: exactly k, the week's edge, one household many times, the middle."""

from datetime import UTC, datetime, timedelta
from time import process_time
from uuid import UUID, uuid4

from backend.diagnosis.outbreak_rules import Sighting, Terms, bursts, count
from backend.territory.coordinates import cell_1km

AT = datetime(2026, 7, 20, 4, tzinfo=UTC)
WEEK = timedelta(days=7)
TERMS = Terms(households=5, radius_km=10, window=WEEK, rise=1.5)
HERE = cell_1km(116.30, 36.93)


def seen(n=1, *, ago=timedelta(days=1), east_km=0.0, north_km=0.0, **whose):
    cell = cell_1km(HERE[0] + east_km * 0.01122, HERE[1] + north_km * 0.00901)
    return [Sighting(request_id=uuid4(), seen_at=AT - ago, cell=cell, **whose) for _ in range(n)]


def found(sightings, **more):
    return bursts(sightings, at=AT, terms=TERMS, **more)


def test_five_are_an_outbreak_and_four_are_none():
    assert found(seen(4)) == []
    [burst] = found(seen(5))
    assert (burst.cell, burst.households_n, burst.before_n) == (HERE, 5, 0)


def test_a_week_ago_to_the_second_is_of_the_week_before():
    second = timedelta(seconds=1)
    assert found([*seen(4), *seen(ago=WEEK)]) == []
    [burst] = found([*seen(4), *seen(ago=WEEK - second)])
    assert burst.households_n == 5
    [burst] = found([*seen(5), *seen(ago=WEEK), *seen(ago=2 * WEEK - second), *seen(ago=2 * WEEK)])
    assert burst.before_n == 2


def test_this_very_moment_counts_and_a_moment_to_come_does_not():
    assert len(found(seen(5, ago=timedelta(0)))) == 1
    assert found([*seen(4), *seen(ago=-timedelta(seconds=1))]) == []


def test_one_household_that_asks_five_times_is_one():
    household = uuid4()
    assert found(seen(5, household_id=household)) == []
    [burst] = found([*seen(5, household_id=household), *seen(4)])
    assert (burst.households_n, len(burst.sightings)) == (5, 9)


def test_one_telephone_that_asks_five_times_is_one_and_a_receipt_without_either_is_itself():
    assert found(seen(9, phone=b"one")) == []
    assert count([*seen(2, phone=b"one"), *seen(2, phone=b"two"), *seen(2)]) == 4


def test_a_telephone_that_another_request_gives_to_a_household_is_that_household():
    household = uuid4()
    assert count([*seen(household_id=household, phone=b"one"), *seen(phone=b"one")]) == 1


def test_two_households_with_one_telephone_are_two():
    assert count([*seen(household_id=UUID(int=1), phone=b"one"), *seen(household_id=UUID(int=2), phone=b"one")]) == 2


def test_more_than_half_as_many_again_is_a_rise_and_just_that_is_none():
    assert found([*seen(6), *seen(4, ago=WEEK)]) == []
    [burst] = found([*seen(7), *seen(4, ago=WEEK)])
    assert (burst.households_n, burst.before_n) == (7, 4)


def test_what_lies_farther_than_the_radius_is_not_added():
    assert found([*seen(4), *seen(east_km=11.5)]) == []
    assert len(found([*seen(4), *seen(east_km=9)])) == 1


def test_its_middle_is_the_cell_from_which_the_others_are_nearest():
    [burst] = found([*seen(2, east_km=-3), *seen(2), *seen(2, east_km=3)])
    assert burst.cell == HERE


def test_two_that_lie_apart_are_two_and_the_larger_comes_first():
    [larger, smaller] = found([*seen(5), *seen(6, east_km=30)])
    assert (larger.households_n, smaller.households_n) == (6, 5)


def test_one_that_rises_beside_a_larger_one_that_does_not_is_found():
    [burst] = found([*seen(9), *seen(9, ago=WEEK), *seen(5, east_km=30)])
    assert burst.households_n == 5


def test_what_lies_around_a_known_one_is_its_own():
    assert found([*seen(9), *seen(4, east_km=30)], known=[HERE]) == []
    [burst] = found([*seen(9), *seen(5, east_km=30)], known=[HERE])
    assert burst.cell != HERE


def test_a_county_full_of_it_is_reckoned_in_a_few_seconds():
    everywhere = [each for x in range(30) for y in range(40) for each in seen(4, east_km=x, north_km=y)]
    begun = process_time()
    assert len(found(everywhere)) > 3
    assert process_time() - begun < 20
