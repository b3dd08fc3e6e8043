"""The households I serve: where, how long without contact, what is owed to them."""

from datetime import date, timedelta

import pytest

from backend.core.clock import stopped, today
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.people.actions import assign_role
from backend.people.tables import Role
from backend.territory.coordinates import Crs
from backend.territory.points import Point, PointOutside
from backend.visits import households as my
from backend.visits.households import my_households
from backend.visits.needs import move_need
from backend.visits.tables import Channel, NeedState
from backend.visits.targets import Period, set_target
from tests.cast import COUNTY, SINCE, VILLAGE
from tests.plans import read_whole, scans, touched
from tests.visits.fieldwork import noon

GATE = (116.3000, 36.9300)
HERE = Point(crs=Crs.WGS84, longitude=GATE[0], latitude=GATE[1])
DEGREE_M = 111_000


def north(metres):
    return (GATE[0], GATE[1] + metres / DEGREE_M)


@pytest.fixture
async def cadre(fieldwork):
    """A cadre who serves nobody so far."""
    return await fieldwork.person("韩梅", Role.CADRE, VILLAGE)


async def mine(cadre, **asked):
    return (await my_households(by=cadre, request_id="r1", **asked)).households


async def test_the_nearest_comes_first_and_the_unplaced_last(fieldwork, cadre):
    for code, at in (("FAR", north(900)), ("NOWHERE", None), ("NEAR", north(100))):
        await fieldwork.household(code, served_by=cadre, at=at)

    listed = await mine(cadre, near=HERE)

    assert [household.code for household in listed] == ["NEAR", "FAR", "NOWHERE"]
    assert listed[0].distance_m == pytest.approx(100, abs=1)
    assert listed[2].distance_m is None


async def test_at_one_distance_and_without_a_place_who_waits_longest_comes_first(fieldwork, cadre):
    for code, days in (("TODAY", 0), ("LONG", 40), ("NEVER", None), ("WEEK", 7)):
        household = await fieldwork.household(code, served_by=cadre, at=GATE)
        if days is not None:
            with stopped(noon(2026, 6, 20) - timedelta(days=days)):
                await fieldwork.visit(cadre, household=household, channel=Channel.WECHAT)

    with stopped(noon(2026, 6, 20)):
        for listed in (await mine(cadre), await mine(cadre, near=HERE)):
            assert [household.code for household in listed] == ["NEVER", "LONG", "WEEK", "TODAY"]
            assert [household.days_since_last_contact for household in listed] == [None, 40, 7, 0]


async def test_days_are_those_of_shandongs_calendar_and_never_negative(fieldwork, cadre):
    household = await fieldwork.household("H", served_by=cadre)
    await fieldwork.visit(cadre, household=household, at=noon(2026, 6, 19) + timedelta(hours=11, minutes=59))

    with stopped(noon(2026, 6, 19) + timedelta(hours=12, minutes=1)):
        assert (await mine(cadre))[0].days_since_last_contact == 1
    with stopped(noon(2026, 6, 18)):
        assert (await mine(cadre))[0].days_since_last_contact == 0


async def test_the_place_may_be_told_in_any_system_and_points_come_back_in_the_one_asked_for(fieldwork, cadre):
    await fieldwork.household("H", served_by=cadre, at=GATE)
    (shown,) = await mine(cadre, crs=Crs.GCJ02)
    assert shown.point.crs == Crs.GCJ02
    assert shown.point.longitude != pytest.approx(GATE[0], abs=0.001)

    there = Point(crs=Crs.GCJ02, longitude=shown.point.longitude, latitude=shown.point.latitude)

    assert (await mine(cadre, near=there))[0].distance_m == 0
    with pytest.raises(PointOutside):
        await mine(cadre, near=Point(crs=Crs.WGS84, longitude=float("nan"), latitude=0.0))


async def test_calls_are_contacts_and_only_visits_count_towards_the_target(fieldwork, cadre):
    household = await fieldwork.household("H", served_by=cadre)
    await set_target(
        id=uuid7(), division_code=COUNTY, period=Period.QUARTER, minimum_visits=2, valid_from=date(2026, 1, 1),
        source="county order", by=fieldwork.supervisor,
    )  # fmt: skip
    await fieldwork.visit(cadre, household=household, at=noon(2026, 3, 31))
    await fieldwork.visit(cadre, household=household, at=noon(2026, 4, 1))
    await fieldwork.visit(fieldwork.cadre, household=household, at=noon(2026, 5, 1))
    await fieldwork.visit(cadre, household=household, at=noon(2026, 5, 2), channel=Channel.CALL)

    with stopped(noon(2026, 6, 1)):
        (shown,) = await mine(cadre)

    assert (shown.period, shown.minimum_visits, shown.visits_in_period) == (Period.QUARTER, 2, 2)
    assert shown.period_ends_at.isoformat() == "2026-06-30T16:00:00+00:00"
    assert (shown.last_channel, shown.last_contact_at) == (Channel.CALL, noon(2026, 5, 2))
    assert shown.last_visit_at == noon(2026, 5, 1)


async def test_without_a_target_there_is_no_number_to_fall_short_of(fieldwork, cadre):
    await fieldwork.household("H", served_by=cadre)

    (shown,) = await mine(cadre)

    assert (shown.period, shown.minimum_visits, shown.visits_in_period) == (None, None, None)


async def test_open_needs_are_those_not_solved_yet(fieldwork, cadre):
    household = await fieldwork.household("H", served_by=cadre)
    visit = await fieldwork.visit(cadre, household=household)
    needs = [await fieldwork.need(visit, household=household) for _ in range(3)]
    for state in (NeedState.PASSED_ON, NeedState.SOLVED):
        await move_need(need_id=needs[0], to_state=state, by=cadre)
    await move_need(need_id=needs[1], to_state=NeedState.PASSED_ON, by=cadre)

    assert (await mine(cadre))[0].open_needs == 2


async def test_a_household_is_mine_from_the_day_i_serve_it_to_the_day_before_the_next(fieldwork, cadre):
    household = await fieldwork.household("H", served_by=cadre)
    await fieldwork.serve(household, fieldwork.cadre, since=today())

    assert await mine(cadre) == []
    with stopped(noon(2026, 6, 1)):
        assert [shown.code for shown in await mine(cadre)] == ["H"]


async def test_nothing_is_mine_and_no_name_is_opened_once_my_role_has_ended(fieldwork, cadre):
    await fieldwork.household("H", served_by=cadre)
    last_day = date(2026, 6, 30)
    await assign_role(
        person_id=cadre.person_id, role=Role.CADRE, division_code=VILLAGE, valid_from=SINCE, valid_to=last_day
    )

    with stopped(noon(2026, 7, 1)):
        assert await mine(cadre) == []
    assert await fetch("SELECT FROM people_access_log") == []
    with stopped(noon(2026, 6, 30)):
        assert [shown.code for shown in await mine(cadre)] == ["H"]


async def test_names_are_shown_phones_are_not_and_each_days_reading_is_logged_once(fieldwork, cadre):
    first = await fieldwork.household("H1", served_by=cadre, name="林小满")
    await fieldwork.household("H2", served_by=cadre, name=None)

    for _ in range(2):
        with stopped(noon(2026, 12, 31)):
            listed = await mine(cadre)

    assert {household.code: household.title for household in listed} == {"H1": "林小满", "H2": "H2"}
    assert not [name for name in listed[0].__struct_fields__ if "phone" in name]
    log = await fetch("SELECT person, subject_id, fields, request_id FROM people_access_log")
    assert [tuple(line) for line in log] == [(cadre.person_id, first, ["contact_name"], "r1")]
    with stopped(noon(2027, 1, 1)):
        await mine(cadre)
    assert len(await fetch("SELECT FROM people_access_log")) == 2


async def test_the_list_reads_a_few_rows_by_index_among_a_hundred_thousand_visits(fieldwork, cadre):
    household = await fieldwork.household("H", served_by=cadre)
    for _ in range(30):
        await fieldwork.visit(cadre, household=household)
    other = fieldwork.cast.next_household
    await fetch(
        "INSERT INTO visits_visit (id, recorded_by, channel, occurred_at, received_at, entered_late, household, "
        "division, division_code, door, arguments_digest, topics, companions, coarse, version) "
        "SELECT gen_random_uuid(), recorded_by, 'call', occurred_at - n * interval '1 minute', received_at, FALSE, $1, "
        "division, division_code, door, arguments_digest, topics, companions, coarse, version "
        "FROM visits_visit, generate_series(1, 3334) n",
        other,
    )

    found = await scans(my._MINE, cadre.person_id, today())

    assert not read_whole(found, "visits_visit")
    assert touched(found, "visits_visit") <= 62, found
