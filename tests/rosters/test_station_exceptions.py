"""Other hours for a few days, and the week that goes on afterwards."""

from datetime import date

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.core.refusals import Invalid
from backend.people.refusals import UnitUnknown
from backend.rosters.station_exceptions import NewStationException, OpenHours, except_station_days, resume_station_week
from backend.rosters.station_hours import set_station_hours
from backend.rosters.station_hours_schemas import NewStationHours, StationOpening
from backend.rosters.station_lists import list_stations_around
from backend.rosters.station_refusals import NotYourStation
from tests.rosters.market_town import TODAY
from tests.rosters.studio import NOON

DECEMBER, NEW_YEAR = date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


async def week(town, opens, since=TODAY, weekdays=(0, 1)):
    hours = [StationOpening(weekday=day, opens=opens, closes="12:00") for day in weekdays]
    await set_station_hours(unit_id=town.station, new=NewStationHours(valid_from=since, hours=hours), by=town.township)


async def other(town, first, last, *spans, by=None):
    hours = [OpenHours(opens=opens, closes=closes) for opens, closes in spans]
    new = NewStationException(first=first, last=last, hours=hours)
    return await except_station_days(unit_id=town.station, new=new, by=by or town.township)


async def weeks(town):
    rows = await fetch(
        "SELECT valid_from, valid_to, min(opens_minute) AS opens, count(*) AS n FROM rosters_station_hours "
        "WHERE unit = $1 GROUP BY valid_from, valid_to ORDER BY valid_from",
        town.station,
    )
    return [tuple(row.values()) for row in rows]


async def test_days_lie_between_the_week_and_the_week_and_twice_is_once(town):
    await week(town, "08:00")
    before_and_after = []
    for _ in range(2):
        await other(town, DECEMBER, date(2026, 12, 3), ("09:00", "10:00"))
        before_and_after.append(await weeks(town))
    assert (
        before_and_after[0]
        == before_and_after[1]
        == [
            (TODAY, date(2026, 11, 30), 480, 2),
            (DECEMBER, date(2026, 12, 3), 540, 7),
            (date(2026, 12, 4), None, 480, 2),
        ]
    )


async def test_days_over_a_change_of_weeks_leave_each_its_own_part(town):
    await week(town, "08:00")
    await week(town, "10:00", since=NEW_YEAR)
    await other(town, date(2026, 12, 30), date(2027, 1, 2))
    assert await weeks(town) == [(TODAY, date(2026, 12, 29), 480, 2), (date(2027, 1, 3), None, 600, 2)]
    await other(town, DECEMBER, date(2027, 1, 31))
    assert await weeks(town) == [(TODAY, date(2026, 11, 30), 480, 2), (date(2027, 2, 1), None, 600, 2)]


async def test_a_closed_day_is_closed_on_a_market_day_too(town):
    await town.rule(3, 8)
    market = date(2026, 11, 26)
    await week(town, "07:00")
    await other(town, market, market)
    with clock.stopped(NOON.replace(day=26, hour=9)):
        (station,) = [each for each in (await list_stations_around(by=town.cadre)).items if each.id == town.station]
    assert (station.next_market_on, station.hours_today, station.open_now) == (market, [], False)


async def test_days_gone_by_upside_down_or_overlapping_are_refused_with_their_field(town):
    for first, last, spans, pointer in (
        (date(2026, 11, 22), TODAY, (), "/first"),
        (DECEMBER, TODAY, (), "/last"),
        (DECEMBER, date(2027, 12, 2), (), "/last"),
        (DECEMBER, DECEMBER, (("10:00", "09:00"),), "/hours/0/closes"),
        (DECEMBER, DECEMBER, (("08:00", "10:00"), ("09:00", "11:00")), "/hours/1/opens"),
    ):
        with pytest.raises(Invalid) as refused:
            await other(town, first, last, *spans)
        assert [error.pointer for error in refused.value.errors] == [pointer]
    assert await weeks(town) == []


async def test_only_leaders_of_the_place_set_them_and_strangers_find_no_station(town):
    with pytest.raises(NotYourStation):
        await other(town, DECEMBER, DECEMBER, by=town.cadre)
    with pytest.raises(UnitUnknown):
        await other(town, DECEMBER, DECEMBER, by=town.stranger)
    assert (await list_stations_around(by=town.stranger)).items == []


async def back(town, first, last):
    return await resume_station_week(unit_id=town.station, first=first, last=last, by=town.township)


async def test_other_days_are_taken_back_and_the_week_is_whole_again_and_twice_is_once(town):
    await week(town, "08:00")
    whole = await weeks(town)
    for spans in ((), (("09:00", "10:00"),)):
        await other(town, DECEMBER, date(2026, 12, 3), *spans)
        for _ in range(2):
            await back(town, DECEMBER, date(2026, 12, 3))
            assert await weeks(town) == whole


async def test_of_two_exceptions_side_by_side_one_is_taken_back_and_the_other_stays(town):
    await week(town, "08:00")
    await other(town, DECEMBER, date(2026, 12, 3))
    await other(town, date(2026, 12, 4), date(2026, 12, 5), ("09:00", "10:00"))
    await back(town, DECEMBER, date(2026, 12, 3))
    stays = (date(2026, 12, 4), date(2026, 12, 5), 540, 7)
    week_after = (date(2026, 12, 6), None, 480, 2)
    assert await weeks(town) == [(TODAY, date(2026, 12, 3), 480, 2), stays, week_after]
    await back(town, date(2026, 12, 4), date(2026, 12, 5))
    assert await weeks(town) == [(TODAY, None, 480, 2)]


async def test_days_before_a_new_week_go_back_to_the_old_one(town):
    await week(town, "08:00")
    await week(town, "10:00", since=NEW_YEAR)
    await other(town, date(2026, 12, 28), date(2026, 12, 31))
    await back(town, date(2026, 12, 28), date(2026, 12, 31))
    assert await weeks(town) == [(TODAY, date(2026, 12, 31), 480, 2), (NEW_YEAR, None, 600, 2)]


async def test_what_began_is_taken_back_from_today_on_and_a_past_day_or_a_stranger_takes_nothing_back(town):
    await week(town, "08:00")
    await other(town, TODAY, date(2026, 11, 30))
    with clock.stopped(NOON.replace(day=26)):
        await back(town, TODAY, date(2026, 11, 30))
        with pytest.raises(Invalid):
            await back(town, TODAY, date(2026, 11, 24))
        with pytest.raises(NotYourStation):
            await resume_station_week(unit_id=town.station, first=TODAY, last=DECEMBER, by=town.cadre)
    assert await weeks(town) == [(date(2026, 11, 26), None, 480, 2)]
