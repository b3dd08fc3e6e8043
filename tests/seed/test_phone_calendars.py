"""The demo's calendars: the same address at every start, a year of market days where there are any."""

from datetime import timedelta

import icalendar

from backend.core import clock, ids
from backend.core.database import fetch
from backend.feeds import ics
from backend.people.sessions import actor
from backend.rosters.calendar_feeds import followed_calendar, revoke_calendar
from backend.rosters.station_tables import MarketDay
from backend.rosters.station_words import DayState
from seed import duty, phone_calendars
from seed.cast import LIANGCUN

BASE = "http://127.0.0.1:8000"


async def events(address: str) -> list[icalendar.Event]:
    secret = address.rpartition("/")[2].removesuffix(".ics")
    return icalendar.Calendar.from_ical(ics.written(await followed_calendar(secret=secret))).walk("VEVENT")


async def test_the_technicians_shifts_are_followed_under_the_same_address_at_every_start(planted):
    first = await phone_calendars.calendar_urls(BASE)
    found = await events(first.shifts)

    assert await phone_calendars.calendar_urls(BASE) == first
    assert len(found) > 10
    assert all("高唐县农技工作室（演示）" in event["summary"] for event in found)
    ahead = [event for event in found if event.decoded("dtstart") > clock.now()]
    assert ahead
    assert {"CONFIRMED", "TENTATIVE"} <= {str(event["status"]) for event in found}


async def test_a_revoked_one_gets_a_new_address_at_the_next_start(planted):
    before = await phone_calendars.calendar_urls(BASE)
    owner = await actor(person_id=phone_calendars.OWNER.id)
    for row in await fetch("SELECT id FROM rosters_calendar_feed WHERE revoked_at IS NULL AND kind = 'shifts'"):
        await revoke_calendar(calendar_id=row["id"], by=owner)
    after = await phone_calendars.calendar_urls(BASE)

    assert after.shifts != before.shifts
    assert await events(after.shifts)


async def test_market_days_are_followed_as_soon_as_there_are_any(planted):
    for days in (1, 6):
        await MarketDay.insert(
            MarketDay(
                id=ids.uuid7(), market=duty.STUDIO_UNIT, division_code=LIANGCUN, rule=None, note=None, sequence=0,
                on=clock.today() + timedelta(days=days), state=DayState.COMPUTED, changed_at=clock.now(),
                changed_by=None,
            )
        )  # fmt: skip
    markets = (await phone_calendars.calendar_urls(BASE)).markets

    assert markets
    [event] = [each for each in await events(markets) if "农技工作室" in each["summary"]]
    assert len(event["rdate"].dts) == 2
