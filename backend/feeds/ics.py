"""A calendar as iCalendar (RFC 5545), so written that phones, and the libraries in them, read all of it.

A list of days repeats its own first day: some readers (ical.js) take RDATE for the whole of it and would lose DTSTART.
The zone is described in the file, in one line of history: since 1991 Shandong's clocks do not change.
"""

from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vDuration

from backend.rosters.calendar_schemas import FollowedCalendar, Occasion

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Lianxin//Calendars//ZH"
ZONE = "Asia/Shanghai"
LOOK_AGAIN_AFTER = timedelta(hours=6)
_OFFSET = timedelta(hours=8)
_SINCE = datetime(1991, 9, 15, 1)  # noqa: DTZ001 - local by definition: the end of the last summer time
_DOMAIN = "lianxin"


def written(found: FollowedCalendar) -> bytes:
    """The calendar as bytes, the same for the same entries."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):  # RFC 7986 has the first, phones read the second
        calendar.add(name, found.name)
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", vDuration(LOOK_AGAIN_AFTER), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(LOOK_AGAIN_AFTER))
    calendar.add_component(_zone())
    for occasion in found.occasions:
        calendar.add_component(_event(occasion, found.language))
    return bytes(calendar.to_ical())


def _zone() -> Timezone:
    zone, always = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE)
    always.add("dtstart", _SINCE)
    always.add("tzoffsetfrom", _OFFSET)
    always.add("tzoffsetto", _OFFSET)
    always.add("tzname", "CST")
    zone.add_component(always)
    return zone


def _event(occasion: Occasion, language: str) -> Event:
    event, first = Event(), occasion.starts[0]
    event.add("uid", f"{occasion.uid}@{_DOMAIN}")
    event.add("dtstart", first)
    event.add("dtend", first + occasion.lasts)
    if len(occasion.starts) > 1:
        whole_days = {"VALUE": "DATE"} if not isinstance(first, datetime) else {}
        event.add("rdate", list(occasion.starts), parameters=whole_days)
    for name in ("dtstamp", "last-modified"):
        event.add(name, occasion.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", occasion.sequence)
    event.add("status", occasion.status.value)
    event.add("transp", "OPAQUE" if occasion.busy else "TRANSPARENT")
    for name, text in (("summary", occasion.title), ("description", occasion.words), ("location", occasion.place)):
        if text:
            event.add(name, text, parameters={"LANGUAGE": language})
    if occasion.alarm:
        event.add_component(_alarm(occasion))
    return event


def _alarm(occasion: Occasion) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -(occasion.alarm or timedelta()))
    alarm.add("description", occasion.title)
    return alarm
