"""Acting before the complaint: several households of one village with one topic."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from backend.core.clock import now, stopped, today
from backend.core.database import fetch
from backend.visits.hot_spots import HotSpot, HotSpots, hot_spots
from backend.visits.tables import Channel
from tests.cast import NEXT_VILLAGE, TOWNSHIP, VILLAGE
from tests.visits.fieldwork import FAR_VILLAGE

IRRIGATION = "production.irrigation"


@pytest.fixture
async def three_households(fieldwork):
    return [await fieldwork.household(f"H{i}", served_by=fieldwork.cadre) for i in range(3)]


async def told(fieldwork, households, *, topics=(IRRIGATION,), **columns):
    by = columns.pop("by", fieldwork.cadre)
    return [await fieldwork.visit(by, household=home, topics=list(topics), **columns) for home in households]


async def test_three_households_of_a_village_with_one_topic_are_a_hot_spot(fieldwork, three_households):
    visits = await told(fieldwork, three_households)
    await fieldwork.need(visits[0], category=IRRIGATION)
    await fieldwork.need(visits[1], category="employment.jobs")

    found = await hot_spots(by=fieldwork.supervisor)

    (spot,) = found.items
    assert (spot.division_code, spot.topic, spot.households, spot.contacts) == (VILLAGE, IRRIGATION, 3, 3)
    assert (spot.open_needs, set(spot.visit_ids)) == (1, set(visits))
    assert (found.least_households, found.window_days) == (3, 30)


async def test_two_households_are_not_and_one_household_coming_back_neither(fieldwork, three_households):
    await told(fieldwork, three_households[:2] * 4)

    assert (await hot_spots(by=fieldwork.supervisor)).items == []


async def test_a_call_tells_as_much_as_a_visit_and_a_place_counts_as_one(fieldwork, three_households):
    await told(fieldwork, [three_households[0]], channel=Channel.CALL)
    await told(fieldwork, [three_households[1], None])

    (spot,) = (await hot_spots(by=fieldwork.supervisor)).items

    assert (spot.households, spot.contacts, spot.visits) == (3, 3, 2)


async def test_topics_and_villages_are_counted_apart(fieldwork, three_households):
    await told(fieldwork, three_households[:2])
    await told(fieldwork, three_households[2:], topics=["production.sales"])
    await told(fieldwork, [None], village=NEXT_VILLAGE)

    assert (await hot_spots(by=fieldwork.supervisor)).items == []


async def test_the_window_ends_when_asked_and_leaves_out_what_is_older_or_later(fieldwork, three_households):
    await told(fieldwork, three_households[:2])
    await told(fieldwork, three_households[2:], at=now() - timedelta(days=30, minutes=1))

    assert (await hot_spots(by=fieldwork.supervisor)).items == []
    assert len((await hot_spots(by=fieldwork.supervisor, until=now() - timedelta(minutes=2))).items) == 1
    assert (await hot_spots(by=fieldwork.supervisor, until=now() - timedelta(hours=2))).items == []


@pytest.fixture
async def four_from_tomorrow(db):
    id = uuid4()
    await fetch(
        "INSERT INTO visits_flag_policy (id, kind, threshold, unit, valid_from, source) "
        "VALUES ($1, 'hot_spot', 4, 'households', $2, 'a county decided so')",
        id,
        today() + timedelta(days=1),
    )
    yield
    await fetch("DELETE FROM visits_flag_policy WHERE id = $1", id)


async def test_the_threshold_is_a_dated_row(fieldwork, three_households, four_from_tomorrow):
    await told(fieldwork, three_households)

    before = await hot_spots(by=fieldwork.supervisor)
    with stopped(now() + timedelta(days=1)):
        after = await hot_spots(by=fieldwork.supervisor)

    assert (before.least_households, len(before.items)) == (3, 1)
    assert (after.least_households, len(after.items)) == (4, 0)


async def test_a_list_narrows_by_division_and_by_category(fieldwork, three_households):
    await told(fieldwork, three_households)
    await told(fieldwork, [None] * 3, village=FAR_VILLAGE, topics=["employment.jobs"])

    async def places(**filters):
        return {
            (spot.division_code, spot.topic) for spot in (await hot_spots(by=fieldwork.supervisor, **filters)).items
        }

    assert await places() == {(VILLAGE, IRRIGATION), (FAR_VILLAGE, "employment.jobs")}
    assert await places(division_code=TOWNSHIP) == {(VILLAGE, IRRIGATION)}
    assert await places(topic="employment") == {(FAR_VILLAGE, "employment.jobs")}
    assert await places(topic="production.irr") == set()


async def test_each_sees_what_his_own_contacts_add_up_to(fieldwork, three_households):
    await told(fieldwork, three_households)

    assert len((await hot_spots(by=fieldwork.cadre)).items) == 1
    for by in (fieldwork.successor, fieldwork.stranger, fieldwork.township_supervisor):
        assert (await hot_spots(by=by)).items == []


def test_a_hot_spot_names_a_place_and_a_topic_and_nobody():
    for shape in (HotSpot, HotSpots):
        names = {field.name for field in msgspec.structs.fields(shape)}
        assert not {name for name in names if "person" in name or "recorded_by" in name or "household_" in name}
