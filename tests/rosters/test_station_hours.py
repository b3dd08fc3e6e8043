"""When stations are open, and the list of stations with their day."""

import doctest
from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden, Invalid
from backend.people import actions
from backend.people.refusals import UnitUnknown
from backend.people.tables import UnitKind
from backend.rosters import station_hours_rules, station_places
from backend.rosters.station_hours import list_station_hours, list_stations, set_station_hours
from backend.rosters.station_hours_schemas import NewStationHours, StationOpening
from backend.rosters.station_refusals import NotYourStation
from backend.rosters.station_words import MarketRuleKind
from tests.cast import COUNTY
from tests.rosters.market_town import TODAY
from tests.rosters.studio import NOON, at, count

NOWHERE = UUID(int=404)
WORKDAYS = [(day, "08:30", "11:30") for day in range(1, 6)] + [(day, "13:30", "17:30") for day in range(1, 6)]
MARKET = [(0, "07:00", "12:30")]


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


async def set_hours(town, rows, *, valid_from=TODAY, unit=None, by=None):
    hours = [StationOpening(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in rows]
    return await set_station_hours(
        unit_id=unit or town.station, new=NewStationHours(valid_from=valid_from, hours=hours), by=by or town.township
    )


async def shown(town, unit=None, by=None):
    found = {station.id: station for station in await list_stations(by=by or town.supervisor)}
    return found[unit or town.station]


def spans(overview):
    return [(span.opens, span.closes) for span in overview.hours_today]


def test_the_doctests_hold():
    assert doctest.testmod(station_hours_rules).failed == 0
    assert doctest.testmod(station_places).failed == 0


async def test_a_station_tells_its_hours_of_today_and_whether_it_is_open(town):
    await set_hours(town, WORKDAYS)
    noon = await shown(town)
    assert (spans(noon), noon.open_now) == ([("08:30", "11:30"), ("13:30", "17:30")], False)
    with clock.stopped(at(14)):
        assert (await shown(town)).open_now
    with clock.stopped(at(14, day=5)):
        saturday = await shown(town)
    assert (saturday.hours_today, saturday.open_now) == ([], False)


async def test_without_hours_nothing_is_claimed(town):
    overview = await shown(town)
    assert (overview.hours_today, overview.open_now, overview.next_market_on) == ([], False, None)
    assert (overview.name, overview.codes_n, overview.parent_id) == ("梁村代表之家", 0, None)


async def test_on_market_days_the_hours_of_market_days_count(town):
    await set_hours(town, WORKDAYS + MARKET)
    await town.rule(3, 8)
    assert (await shown(town)).next_market_on == date(2026, 11, 26)
    with clock.stopped(at(7.5, day=3)):
        overview = await shown(town)
    assert (spans(overview), overview.open_now) == ([("07:00", "12:30")], True)
    await town.tell((date(2026, 11, 26), False))
    with clock.stopped(at(7.5, day=3)):
        overview = await shown(town)
    assert (len(spans(overview)), overview.next_market_on) == (2, date(2026, 12, 1))


async def test_a_market_of_its_own_comes_before_the_townships_and_a_county_studio_has_none(town):
    await town.rule(3, 8)
    studio = ids.uuid7()
    await actions.open_unit(id=studio, name="县工作室", kind=UnitKind.STUDIO, division_code=COUNTY)
    assert (await shown(town, studio)).next_market_on is None
    home = town.market
    town.market = town.station
    await town.rule(7, kind=MarketRuleKind.WEEKDAY)

    assert (await shown(town, town.station)).next_market_on == date(2026, 11, 29)
    assert (await shown(town, home)).next_market_on == date(2026, 11, 26)


async def test_new_hours_take_the_place_of_the_old_from_their_day_on_and_the_same_again_changes_nothing(town):
    later = TODAY + timedelta(days=7)
    await set_hours(town, WORKDAYS)
    for _ in range(2):
        await set_hours(town, MARKET, valid_from=later)
    old, new = await list_station_hours(unit_id=town.station, by=town.cadre)

    assert (old.valid_from, old.valid_to, len(old.hours)) == (TODAY, later - timedelta(days=1), 10)
    assert (new.valid_from, new.valid_to) == (later, None)
    assert new.hours == [StationOpening(weekday=0, opens="07:00", closes="12:30")]
    assert await count("SELECT count(*) FROM rosters_station_hours") == 11
    with clock.stopped(NOON + timedelta(days=30)):
        await set_hours(town, MARKET, valid_from=later)  # it stands so already
    await set_hours(town, WORKDAYS)
    (only,) = await list_station_hours(unit_id=town.station, by=town.cadre)
    assert (only.valid_from, only.valid_to) == (TODAY, None)


async def test_no_hours_close_a_station_from_a_day_on(town):
    await set_hours(town, WORKDAYS)
    with clock.stopped(NOON + timedelta(days=1)):
        for _ in range(2):
            await set_hours(town, [], valid_from=TODAY + timedelta(days=1))
        assert (await shown(town)).hours_today == []


@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        ([(1, "09:00", "09:00")], "/hours/0/closes"),
        ([(1, "08:00", "12:00"), (1, "11:00", "13:00")], "/hours/1/opens"),
    ],
)
async def test_hours_that_cannot_be_are_refused(town, rows, pointer):
    with pytest.raises(Invalid) as refused:
        await set_hours(town, rows)
    assert [error.pointer for error in refused.value.errors] == [pointer]


async def test_what_has_been_is_not_set_anew(town):
    with pytest.raises(Invalid):
        await set_hours(town, WORKDAYS, valid_from=TODAY - timedelta(days=1))


async def test_hours_are_for_all_around_and_set_by_those_who_lead(town):
    await set_hours(town, WORKDAYS)
    assert len(await list_station_hours(unit_id=town.station, by=town.cadre)) == 1
    with pytest.raises(UnitUnknown):
        await list_station_hours(unit_id=town.station, by=town.stranger)
    with pytest.raises(NotYourStation):
        await set_hours(town, WORKDAYS, by=town.cadre)
    with pytest.raises(Forbidden):
        await list_stations(by=town.cadre)
    await fetch("UPDATE people_unit SET closed_at = now() WHERE id = $1", town.station)
    with pytest.raises(UnitUnknown):
        await set_hours(town, WORKDAYS)


@pytest.fixture
def ask(wire, as_):
    async def asked(who, method, path, body=None):
        return await wire.request(method, path, json=body, headers=await as_(who) if who else {})

    return asked


BODY = {"valid_from": "2026-11-23", "hours": [{"weekday": 1, "opens": "08:30", "closes": "17:30"}]}


async def test_the_routes_refuse_nobody_the_wrong_shape_and_strangers(ask, town):
    hours = f"/stations/{town.station}/hours"
    for method, path, body in (("GET", "/stations", None), ("GET", hours, None), ("PUT", hours, BODY)):
        assert (await ask(None, method, path, body)).status_code == 401
    for wrong in ({}, BODY | {"hours": [{"weekday": 8, "opens": "08:30", "closes": "17:30"}]}, BODY | {"more": 1}):
        assert (await ask(town.township, "PUT", hours, wrong)).status_code == 400
    wrong = BODY | {"hours": [{"weekday": 1, "opens": "25:00", "closes": "26:00"}]}
    assert (await ask(town.township, "PUT", hours, wrong)).status_code == 400
    assert (await ask(town.stranger, "GET", hours)).status_code == 404
    assert (await ask(town.stranger, "PUT", hours, BODY)).status_code == 404
    assert (await ask(town.cadre, "PUT", hours, BODY)).status_code == 403
    assert (await ask(town.stranger, "GET", "/stations")).json()["code"] == "core/forbidden"
    assert (await ask(town.township, "PUT", f"/stations/{NOWHERE}/hours", BODY)).status_code == 404


async def test_the_right_person_sets_hours_twice_and_reads_them(ask, town):
    hours = f"/stations/{town.station}/hours"
    answers = [await ask(town.township, "PUT", hours, BODY) for _ in range(2)]
    (listed,) = (await ask(town.cadre, "GET", hours)).json()
    station = next(
        one for one in (await ask(town.township, "GET", "/stations")).json() if one["id"] == str(town.station)
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == listed
    assert (station["hours_today"], station["open_now"]) == ([{"opens": "08:30", "closes": "17:30"}], True)
    assert {"id", "name", "kind", "division_code", "public_phone", "parent_id", "codes_n"} <= set(station)
