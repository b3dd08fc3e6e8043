"""A place and a topic that people bring up more than they used to: found by the system, decided on by a supervisor."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.json import encode

from backend.cases import ending, hot_spots, records
from backend.cases.hot_spot_schemas import HotSpotDecision
from backend.cases.loop_refusals import HotSpotDecided, HotSpotUnknown, NotYourArea
from backend.cases.loop_words import HotSpotState
from backend.cases.refusals import UnitUnknown
from backend.core import clock, ids
from backend.tasks.my_day import my_tasks
from tests.cases.desk import ROADS, WATER
from tests.cast import NEXT_VILLAGE, VILLAGE


async def ask_for_water(desk, people, *, ago=timedelta(days=1), **changes):
    """So many people of the village ask for water, each with a telephone of his own."""
    with clock.stopped(clock.now() - ago):
        return [(await desk.open(contact_phone=f"199 0000 1{n:03d}", **changes)).case for n in range(people)]


async def found(by, **filters):
    return (await hot_spots.list_hot_spots(by=by, **filters)).items


def decide(desk, spot, *, take_up, by=None, lead_unit_id=None):
    decision = HotSpotDecision(take_up=take_up, reason="三户都停水", lead_unit_id=lead_unit_id)
    return hot_spots.decide_hot_spot(hot_spot_id=spot.id, decision=decision, by=by or desk.cast.supervisor)


@pytest.fixture
async def spot(desk):
    await ask_for_water(desk, 3)
    await hot_spots.find_hot_spots()
    [only] = await found(desk.cast.supervisor)
    return only


async def test_three_people_of_one_place_with_one_topic_are_proposed(desk, spot):
    assert (spot.division.code, spot.category.code, spot.state) == (VILLAGE, WATER, "proposed")
    assert (spot.cases_n, spot.people_n, spot.expected_n, len(spot.case_ids)) == (3, 3, 0.0, 3)


async def test_one_person_who_asks_three_times_is_no_hot_spot(desk):
    for _ in range(3):
        await desk.open()
    await hot_spots.find_hot_spots()

    assert await found(desk.cast.supervisor) == []


async def test_other_places_and_other_topics_are_not_added_up(desk):
    await ask_for_water(desk, 2)
    await ask_for_water(desk, 2, division_code=NEXT_VILLAGE)
    await ask_for_water(desk, 2, category_code=ROADS)
    await hot_spots.find_hot_spots()

    assert await found(desk.cast.supervisor) == []


async def test_what_a_place_always_has_is_no_hot_spot(desk):
    for week in range(3, 14):
        await ask_for_water(desk, 2, ago=timedelta(weeks=week))
    await ask_for_water(desk, 4)
    await hot_spots.find_hot_spots()
    assert await found(desk.cast.supervisor) == []

    await ask_for_water(desk, 9)
    await hot_spots.find_hot_spots()
    [spot] = await found(desk.cast.supervisor)
    assert spot.cases_n >= 2 * spot.expected_n > 0


async def test_withdrawn_cases_do_not_count(desk):
    cases = await ask_for_water(desk, 3)
    await ending.withdraw(case_id=cases[0].id, id=ids.uuid7(), by=None)
    await hot_spots.find_hot_spots()

    assert await found(desk.cast.supervisor) == []


async def test_below_ten_people_nothing_of_it_is_fit_for_the_public(desk, spot):
    assert spot.publishable is False
    await ask_for_water(desk, 10)
    await hot_spots.find_hot_spots()

    [grown] = await found(desk.cast.supervisor)
    assert (grown.id, grown.people_n, grown.publishable) == (spot.id, 10, True)


async def test_looking_again_and_twice_at_once_proposes_one(desk, spot):
    await asyncio.gather(*(hot_spots.find_hot_spots() for _ in range(3)))

    assert [each.id for each in await found(desk.cast.supervisor)] == [spot.id]


async def test_the_supervisor_is_asked_once_and_no_longer_when_it_is_decided(desk, spot):
    await hot_spots.find_hot_spots()
    asked = [task for task in (await my_tasks(by=desk.cast.supervisor)).tasks if task.origin_id == spot.id]
    assert len(asked) == 1

    await decide(desk, spot, take_up=False)
    assert spot.id not in {task.origin_id for task in (await my_tasks(by=desk.cast.supervisor)).tasks}


async def test_taken_up_it_is_one_matter_that_a_unit_goes_to_meet(desk, spot):
    taken = await decide(desk, spot, take_up=True, lead_unit_id=desk.water)

    assert (taken.state, taken.lead_unit.id) == ("taken_up", desk.water)
    assert spot.id in {task.origin_id for task in (await my_tasks(by=desk.plumber)).tasks}
    record = await records.get_case(case_id=spot.case_ids[0], by=desk.clerk, timeline=True)
    assert (record.timeline[-1].kind, record.timeline[-1].public) == ("taken_up_together", False)


async def test_dropped_it_is_not_proposed_again_for_a_while(desk, spot):
    await decide(desk, spot, take_up=False)
    await hot_spots.find_hot_spots()
    assert await found(desk.cast.supervisor, state=HotSpotState.PROPOSED) == []

    with clock.stopped(clock.now() + timedelta(days=15)):
        await ask_for_water(desk, 3)
        await hot_spots.find_hot_spots()
        assert len(await found(desk.cast.supervisor, state=HotSpotState.PROPOSED)) == 1


async def test_left_alone_it_expires_and_so_does_the_question(desk, spot):
    with clock.stopped(clock.now() + timedelta(days=30)):
        await hot_spots.find_hot_spots()
        [expired] = await found(desk.cast.supervisor)
        assert expired.state == "expired"
        assert (await my_tasks(by=desk.cast.supervisor)).tasks == []
        with pytest.raises(HotSpotDecided):
            await decide(desk, spot, take_up=True)


async def test_the_first_word_stands_also_of_two_at_once(desk, spot):
    outcomes = await asyncio.gather(
        decide(desk, spot, take_up=True),
        decide(desk, spot, take_up=False, by=desk.cast.admin),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["HotSpotDecided", "HotSpotRecord"]
    first = next(each for each in outcomes if not isinstance(each, BaseException))
    assert await decide(desk, spot, take_up=first.state == "taken_up") == first


async def test_it_is_shown_to_the_territory_and_decided_by_its_supervisor(desk, spot):
    assert [each.id for each in await found(desk.clerk)] == [spot.id]
    for other in (desk.cast.stranger, desk.plumber, desk.cast.cadre):
        assert await found(other) == []
        with pytest.raises(HotSpotUnknown):
            await decide(desk, spot, take_up=True, by=other)
    for reader in (desk.clerk, desk.cast.auditor):
        with pytest.raises(NotYourArea):
            await decide(desk, spot, take_up=True, by=reader)
    with pytest.raises(UnitUnknown):
        await decide(desk, spot, take_up=True, lead_unit_id=ids.uuid7())


async def test_a_hot_spot_says_nothing_of_who_asked(desk, spot):
    said = encode(spot).decode()

    assert not [each for each in ("林大山", "19900001000", "1990000", "contact", "household") if each in said]
