"""The demo's stations: open hours, who serves which grid, three markets a year ahead, stalls that were announced."""

from datetime import timedelta

from backend.core import clock
from backend.core.database import fetch
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.rosters.grid_services import list_grid_services
from backend.rosters.market_days import list_market_days
from backend.rosters.station_hours import list_stations
from backend.rosters.station_words import DayState
from seed import stations
from seed.cast import holder
from seed.station_words import HOMES, MARKET_RULES, SERVICES, STATIONS


async def supervisor():
    return await actor(person_id=holder(Role.SUPERVISOR).id)


async def test_every_station_has_its_hours_and_every_market_its_next_day(planted):
    found = {each.id: each for each in await list_stations(by=await supervisor())}

    assert {unit.id for unit in STATIONS} <= set(found)
    assert len(HOMES) == 13
    rows = await fetch("SELECT DISTINCT unit FROM rosters_station_hours")
    assert {row["unit"] for row in rows} == set(found)
    assert found[stations.STATION].next_market_on is not None


async def test_three_markets_are_reckoned_for_a_year_and_confirmed_for_the_next_month(planted):
    assert len(MARKET_RULES) == 3
    first, last = stations._next_month(clock.today())
    for market in MARKET_RULES:
        days = (
            await list_market_days(by=await supervisor(), unit_id=stations.made_id(f"unit/{market.key}"), limit=500)
        ).items
        assert days[-1].on > clock.today() + timedelta(days=330)
        next_month = {day.state for day in days if first <= day.on <= last}
        assert next_month <= {DayState.CONFIRMED, DayState.CALLED_OFF}
        assert DayState.CONFIRMED in next_month
        assert {day.state for day in days if day.on > last} == {DayState.COMPUTED}


async def test_a_stall_of_the_next_month_was_announced(planted):
    rows = await fetch("SELECT notice_id FROM rosters_stall_day WHERE announced_at IS NOT NULL")

    assert rows
    assert all(row["notice_id"] for row in rows)


async def test_a_wall_can_say_who_serves_each_grid(planted):
    found = await list_grid_services(by=await supervisor(), limit=100)

    assert len(found.items) == len(SERVICES)
    assert all(each.station_phone for each in found.items)
