"""Calendars that phones follow, as three libraries read them that phones and desks are made of."""

import asyncio
import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import icalendar
import pytest
import vobject

from backend.core import clock, ids
from backend.feeds import calendars
from backend.rosters.calendar_feeds import issue_calendar, revoke_calendar
from backend.rosters.calendar_schemas import NewPhoneCalendar, PhoneCalendarRecord
from backend.rosters.shifts import cancel_shift, confirm_shift
from backend.rosters.station_words import CalendarKind, DayState
from tests.application import application
from tests.cast import PEOPLE, TOWNSHIP, phone_of
from tests.console.audits import from_npm
from tests.rosters.markets import Market
from tests.rosters.studio import NOON, Studio

ICAL_JS = "ical.js@2.2.1"
DRIVER = Path(__file__).parent / "occurrences.mjs"
Read = Callable[[bytes], dict[str, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


@pytest.fixture
async def wire(cast):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application(calendars.router)), base_url="http://test"
    ) as client:
        yield client


@pytest.fixture
async def studio(cast) -> Studio:
    made = Studio(cast)
    await made.open()
    return made


async def issued(kind: CalendarKind, by: Any) -> PhoneCalendarRecord:
    new = NewPhoneCalendar(kind=kind, division_code=None if kind is CalendarKind.SHIFTS else TOWNSHIP)
    return (await issue_calendar(id=ids.uuid7(), new=new, by=by, base_url="http://test")).record


@pytest.fixture
async def feeds(studio, wire) -> dict[CalendarKind, bytes]:
    """One of each kind, with an example of everything that may be in it."""
    mine = [
        shift for shift in await studio.published(days=3, first=1) if shift.person_id == studio.technician.person_id
    ]
    await confirm_shift(shift_id=mine[0].id, by=studio.technician)
    await cancel_shift(shift_id=mine[1].id, reason="停电", by=studio.supervisor)
    market, fair = await Market.opened(studio.cast), await Market.opened(studio.cast, name="三十里铺大集")
    await market.hours(6, 12)
    for each in (market, fair):
        for days in (1, 6, 11):
            await each.day(days, DayState.CONFIRMED)
        for days in range(16, 365, 5):
            await each.day(days, DayState.COMPUTED)
        await each.day(14, DayState.CALLED_OFF, note="大雪，路不通；改到二十六", sequence=2)
    await market.stall(8, DayState.CONFIRMED)
    return {kind: (await wire.get((await issued(kind, studio.technician)).address)).content for kind in CalendarKind}


def by_icalendar(content: bytes) -> dict[str, dict[str, Any]]:
    calendar = icalendar.Calendar.from_ical(content)
    assert not [error for part in calendar.walk() for error in part.errors]
    return {str(event["uid"]): _of_icalendar(event) for event in calendar.walk("VEVENT")}


def _of_icalendar(event: Any) -> dict[str, Any]:
    start = event.decoded("dtstart")
    listed = [each.dt for each in event["rdate"].dts] if "rdate" in event else [start]
    assert start in listed
    return {
        "title": str(event["summary"]),
        "sequence": event.decoded("sequence"),
        "status": str(event["status"]),
        "lasts_s": (event.decoded("dtend") - start).total_seconds(),
        "alarms": [alarm.decoded("trigger").total_seconds() for alarm in event.walk("VALARM")],
        "starts": [_said(each) for each in listed],
    }


def by_vobject(content: bytes) -> dict[str, dict[str, Any]]:
    calendar = vobject.readOne(content.decode(), validate=True)
    return {event.uid.value: _of_vobject(event) for event in getattr(calendar, "vevent_list", [])}


def _of_vobject(event: Any) -> dict[str, Any]:
    start, days = event.dtstart.value, event.getrruleset(addRDate=True)
    whole = not isinstance(start, datetime)
    return {
        "title": event.summary.value,
        "sequence": int(event.sequence.value),
        "status": event.status.value,
        "lasts_s": (event.dtend.value - start).total_seconds(),
        "alarms": [alarm.trigger.value.total_seconds() for alarm in event.contents.get("valarm", [])],
        "starts": [_said(each.date() if whole else each) for each in days] if days else [_said(start)],
    }


def _said(start: date) -> str:
    if not isinstance(start, datetime):
        return start.isoformat()
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture(scope="module")
def ical_js(tmp_path_factory) -> Path:
    return from_npm(tmp_path_factory.mktemp("ical"), ICAL_JS) / "dist" / "ical.js"


@pytest.fixture
def by_ical_js(ical_js, tmp_path) -> Read:
    def read(content: bytes) -> dict[str, dict[str, Any]]:
        file = tmp_path / "feed.ics"
        file.write_bytes(content)
        done = subprocess.run(["node", DRIVER, ical_js, file], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr[-1000:]
        return {each.pop("uid"): each for each in json.loads(done.stdout)["events"]}

    return read


@pytest.mark.parametrize("kind", list(CalendarKind))
async def test_icalendar_vobject_and_ical_js_read_the_same_in_every_feed(feeds, by_ical_js, kind):
    found = by_icalendar(feeds[kind])

    assert found
    assert by_vobject(feeds[kind]) == found
    assert await asyncio.to_thread(by_ical_js, feeds[kind]) == found


async def test_what_they_read_is_what_was_meant(feeds):
    shifts, markets, stalls = (by_icalendar(feeds[kind]).values() for kind in CalendarKind)
    assert [(each["status"], each["sequence"], each["lasts_s"], each["alarms"]) for each in shifts] == [
        ("CONFIRMED", 1, 8 * 3600, [-3600]),
        ("CANCELLED", 2, 8 * 3600, []),
        ("TENTATIVE", 0, 8 * 3600, [-3600]),
    ]
    assert next(each["starts"] for each in shifts) == ["2026-11-23T16:00:00.000Z"]

    listed = {(each["title"], each["status"]): each for each in markets}
    sure, likely = listed["梁村大集 逢集", "CONFIRMED"], listed["梁村大集 逢集", "TENTATIVE"]
    assert sure["starts"] == [f"2026-11-{day}T22:00:00.000Z" for day in (23, 28)] + ["2026-12-03T22:00:00.000Z"]
    assert (sure["lasts_s"], sure["alarms"], len(likely["starts"])) == (6 * 3600, [-12 * 3600], 70)
    whole_days = listed["三十里铺大集 逢集", "CONFIRMED"]
    assert (whole_days["starts"], whole_days["lasts_s"]) == (["2026-11-24", "2026-11-29", "2026-12-04"], 86400)
    assert listed["取消：梁村大集 逢集", "CONFIRMED"]["sequence"] == 2
    [stall] = stalls
    assert stall["starts"] == ["2026-12-01T00:00:00.000Z"]


async def test_the_file_keeps_the_standards_letter(feeds):
    for content in feeds.values():
        lines = content.split(b"\r\n")
        assert lines[-1] == b""
        assert max(len(line) for line in lines) <= 75
        assert b"\n" not in content.replace(b"\r\n", b"")
        unfolded = content.decode().replace("\r\n ", "")
        assert len(re.findall(r"^TZID:Asia/Shanghai\r$", unfolded, re.M)) == 1
        assert not re.findall(r"^(?:DTSTART|DTEND|RDATE):", unfolded.partition("BEGIN:VEVENT")[2], re.M)
        for needed in ("UID", "DTSTAMP", "SEQUENCE", "LAST-MODIFIED", "SUMMARY"):
            assert len(re.findall(rf"^{needed}[:;]", unfolded, re.M)) == unfolded.count("BEGIN:VEVENT")


async def test_no_name_of_anybody_and_no_number_is_in_it(feeds):
    numbers = {phone_of(who).replace(" ", "")[-8:] for who in PEOPLE} | {"0635"}
    for content in feeds.values():
        text = content.decode().replace("\r\n ", "")
        words = "".join(re.findall(r"^(?:SUMMARY|DESCRIPTION|LOCATION|X-WR-CALNAME)[^:]*:.*$", text, re.M))
        assert not [name for name, *_ in PEOPLE.values() if name in text]
        assert not [number for number in numbers if number in words]


async def test_a_phone_asks_again_by_tag_and_is_told_only_when_something_changed(wire, studio):
    shift = (await studio.published(days=1, first=1))[0]
    address = (await issued(CalendarKind.SHIFTS, studio.technician)).address
    first = await wire.get(address)
    tag = {"If-None-Match": f"W/{first.headers['etag']}"}

    assert (first.status_code, first.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert first.headers["cache-control"] == "private, max-age=300"
    with clock.stopped(NOON + timedelta(hours=3)):
        again = await wire.get(address, headers=tag)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        await confirm_shift(shift_id=shift.id, by=studio.technician)
        assert (await wire.get(address, headers=tag)).status_code == 200


async def test_an_address_that_is_wrong_and_one_that_was_revoked_are_refused_alike(wire, studio):
    made = await issued(CalendarKind.MARKETS, studio.technician)
    await revoke_calendar(calendar_id=made.id, by=studio.technician)
    wrong = ["x.ics", f"{'A' * 43}.ics", "x", ".ics", "%00.ics", "%E4%B8%AD.ics"]
    answers = [await wire.get(made.address), *[await wire.get(f"/feeds/calendars/{each}") for each in wrong]]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "rosters/calendar-unknown"
    assert (await wire.get(f"/feeds/calendars/{'A' * 300}.ics")).status_code == 400


async def test_a_calendar_with_nothing_in_it_is_a_calendar(wire, cast, by_ical_js):
    content = (await wire.get((await issued(CalendarKind.STALLS, cast.stranger)).address)).content

    assert by_icalendar(content) == by_vobject(content) == await asyncio.to_thread(by_ical_js, content) == {}
    assert "X-WR-CALNAME:代表接待日：梁村镇" in content.decode().replace("\r\n ", "")
