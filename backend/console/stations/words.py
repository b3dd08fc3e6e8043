"""Stations, hours and market rules as people say them: 周一至周五 08:30–11:30, 逢农历三、八."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from backend.console import labels
from backend.core.words import Term, language, say
from backend.people.tables import UnitKind
from backend.rosters.market_schemas import MarketRuleRecord
from backend.rosters.station_hours_schemas import OpenSpan, StationHoursRecord, StationOpening
from backend.rosters.station_words import DayState, MarketRuleKind, Office, ShortMonth, StallRuleKind

MARKET_DAY = 0
KINDS = {UnitKind.STATION: Term("Service point"), UnitKind.STUDIO: Term("Studio")}
OFFICES = {
    Office.DEPUTY_NATIONAL: Term("Deputy of the National People's Congress"),
    Office.DEPUTY_PROVINCE: Term("Deputy of the provincial People's Congress"),
    Office.DEPUTY_CITY: Term("Deputy of the city's People's Congress"),
    Office.DEPUTY_COUNTY: Term("Deputy of the county's People's Congress"),
    Office.DEPUTY_TOWNSHIP: Term("Deputy of the township's People's Congress"),
    Office.OBSERVER: Term("Observer"),
    Office.PARTY_REPRESENTATIVE: Term("Party representative"),
}
DAYS = (
    Term("Market days"),
    *(Term("Monday"), Term("Tuesday"), Term("Wednesday"), Term("Thursday"), Term("Friday"), Term("Saturday")),
    Term("Sunday"),
)
RULES = {
    MarketRuleKind.LUNAR_DIGIT: Term("Lunar days ending in {days}"),
    MarketRuleKind.SOLAR_DIGIT: Term("Days of the month ending in {days}"),
    MarketRuleKind.WEEKDAY: Term("Every {days}"),
    MarketRuleKind.BRANCH: Term("Days of {days}"),
    MarketRuleKind.DATES: Term("On {days}"),
}
STATES = {
    DayState.COMPUTED: (Term("not confirmed yet"), "", "○"),
    DayState.CONFIRMED: (Term("confirmed by the township"), "good", "✓"),
    DayState.CALLED_OFF: (Term("called off"), "bad", "✕"),
}
STALLS = {
    StallRuleKind.ODD_MARKET: Term("Deputies at the market"),
    StallRuleKind.EVEN_STATION: Term("Deputies at the station"),
}
DIGITS = ("十", "一", "二", "三", "四", "五", "六", "七", "八", "九")
BRANCHES = ("子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥")
"""By `number % 10`, and by `number - 1`: names that have no other language."""


class Span(Struct, frozen=True):
    """Some days with the same week; `hours` None where the station is closed on all of them."""

    first: date
    last: date | None
    hours: StationHoursRecord | None


def kind(value: UnitKind) -> str:
    """What it is."""
    return say(KINDS[value])


class Sign(Struct, frozen=True):
    """How a day stands: words, a tone and a sign, so that no colour has to be seen."""

    words: str
    tone: str
    glyph: str


def state(value: DayState) -> Sign:
    """How a market day or a stall stands."""
    said, tone, glyph = STATES[value]
    return Sign(say(said), tone, glyph)


def stall(value: StallRuleKind) -> str:
    """What kind of day it is."""
    return say(STALLS[value])


def office(value: Office) -> str:
    """In which office somebody serves."""
    return say(OFFICES[value])


def day_name(weekday: int) -> str:
    """0 for market days, 1 for Monday."""
    return say(DAYS[weekday])


def spans_of(weeks: Sequence[StationHoursRecord], today: date) -> list[Span]:
    """The weeks from today on, and between them the days on which nobody is there.

    >>> week = StationHoursRecord(unit_id=None, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), hours=[])
    >>> later = StationHoursRecord(unit_id=None, valid_from=date(2027, 1, 4), valid_to=None, hours=[])
    >>> [(str(one.first), str(one.last), one.hours is None) for one in spans_of([week, later], date(2026, 12, 30))]
    [('2026-12-30', '2026-12-31', False), ('2027-01-01', '2027-01-03', True), ('2027-01-04', 'None', False)]
    """
    found: list[Span] = []
    free: date | None = today
    for week in weeks:
        begins = max(week.valid_from, today)
        if free is not None and free < begins:
            found.append(Span(free, begins - timedelta(days=1), None))
        found.append(Span(begins, week.valid_to, week))
        free = week.valid_to + timedelta(days=1) if week.valid_to else None
    return found


def is_other(span: Span, spans: Sequence[Span]) -> bool:
    """Whether days are otherwise and not a week: they end, each is alike, and not as the last week is for good."""
    if span.last is None or span is spans[-1]:
        return False
    hours = [[(one.opens, one.closes) for one in _of(span, day)] for day in range(8)]
    last = [[(one.opens, one.closes) for one in _of(spans[-1], day)] for day in range(8)]
    return not hours[0] and all(each == hours[1] for each in hours[1:]) and hours != last


def _of(span: Span, weekday: int) -> list[StationOpening]:
    return [one for one in span.hours.hours if one.weekday == weekday] if span.hours else []


def week_lines(week: StationHoursRecord) -> list[tuple[str, str]]:
    """Days and their hours; days that follow each other and are alike share a line. Market days come last."""
    by_day = {day: _hours(week, day) for day in range(1, 8)}
    lines: list[tuple[int, int, str]] = []
    for day, hours in by_day.items():
        if lines and lines[-1][2] == hours:
            lines[-1] = (lines[-1][0], day, hours)
        else:
            lines.append((day, day, hours))
    said = [(_days(first, last), hours or say("closed")) for first, last, hours in lines]
    market = _hours(week, MARKET_DAY)
    return [*said, (day_name(MARKET_DAY), market)] if market else said


def _hours(week: StationHoursRecord, weekday: int) -> str:
    return hours(OpenSpan(opens=one.opens, closes=one.closes) for one in week.hours if one.weekday == weekday)


def hours(spans: object) -> str:
    """08:30–11:30、14:00–17:30."""
    return _listed([f"{one.opens}–{one.closes}" for one in spans])  # type: ignore[attr-defined]


def _days(first: int, last: int) -> str:
    if first == last:
        return day_name(first)
    return say("{first} to {last}", first=day_name(first), last=day_name(last))


def rule(value: MarketRuleRecord) -> str:
    """逢农历三、八（小月没有三十，就不赶）."""
    said = say(RULES[value.kind], days=_named(value))
    return f"{said} · {say('in a short month on the 29th')}" if _moves(value) else said


def _moves(value: MarketRuleRecord) -> bool:
    lunar_tens = value.kind is MarketRuleKind.LUNAR_DIGIT and 0 in value.numbers
    return lunar_tens and value.short_month is ShortMonth.DAY_29


def _named(value: MarketRuleRecord) -> list[str]:
    if value.kind is MarketRuleKind.DATES:
        return [day.isoformat() for day in value.dates]
    return [number_name(value.kind, number) for number in sorted(value.numbers, key=lambda each: each or 10)]


def number_name(kind: MarketRuleKind, number: int) -> str:
    """A number of a rule as people read it: 三, Monday, 辰."""
    if kind is MarketRuleKind.WEEKDAY:
        return day_name(number)
    if kind is MarketRuleKind.BRANCH:
        return BRANCHES[number - 1]
    return DIGITS[number % 10] if kind is MarketRuleKind.LUNAR_DIGIT else str(number or 10)


def _listed(parts: Sequence[str]) -> str:
    return ("、" if language.get() == "zh" else ", ").join(parts)


place = labels.place
