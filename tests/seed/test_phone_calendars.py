"""The demo's calendars: the same address at every start, a year of market days."""

import icalendar

from backend.core import clock
from backend.core.database import fetch
from backend.feeds import ics
from backend.people.sessions import actor
from backend.rosters.calendar_feeds import followed_calendar, revoke_calendar
from seed import phone_calendars

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


async def test_the_market_of_the_township_is_followed_for_a_year_and_no_other(planted):
    markets = (await phone_calendars.calendar_urls(BASE)).markets

    found = await events(markets)
    held = [event for event in found if event["status"] != "CANCELLED"]
    assert all("梁村大集" in event["summary"] for event in found)
    assert sum(len(event["rdate"].dts) if "rdate" in event else 1 for event in held) > 60
