"""Months as a wall calendar draws them, with what happens on their days. Pure but for the words."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date
from msgspec import Struct

from backend.core import words
from backend.core.words import Term, say
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_schemas import MarketDayRecord
from backend.rosters.stall_schemas import StallDayRecord
from backend.rosters.station_words import DayState, StallRuleKind

MARKET, STALL, STATION = Term("mkt"), Term("stall"), Term("desk")
OFF = "✕"


class Mark(Struct, frozen=True):
    """What is written under a day, how it looks, and in full."""

    mark: str
    tone: str
    said: str


class Cell(Struct, frozen=True):
    """A day of a month; `lunar` without its month."""

    day: date
    lunar: str
    marked: Mark | None


class Month(Struct, frozen=True):
    """Weeks from Monday on, None for days of its neighbours."""

    name: str
    weeks: list[list[Cell | None]]


def months_of(first: date, many: int, marks: Mapping[date, Mark]) -> list[Month]:
    """So many months from that of a day on."""
    begin = first.year * 12 + first.month - 1
    return [_month(n // 12, n % 12 + 1, marks) for n in range(begin, begin + many)]


def _month(year: int, month: int, marks: Mapping[date, Mark]) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    drawn = [[_cell(day, marks) if day.month == month else None for day in week] for week in weeks]
    pattern = "y年M月" if words.language.get() == "zh" else "MMMM y"
    return Month(format_date(date(year, month, 1), pattern, locale=words.language.get()), drawn)


def _cell(day: date, marks: Mapping[date, Mark]) -> Cell:
    return Cell(day, lunar_text(day)[-2:], marks.get(day))


def marks_of(markets: Sequence[MarketDayRecord], stalls: Sequence[StallDayRecord] = ()) -> dict[date, Mark]:
    """What to write under which day; deputies at a market stand before the market itself."""
    found: dict[date, Mark] = {}
    for market in sorted(markets, key=lambda one: one.state is not DayState.CALLED_OFF):
        found[market.on] = _market(market)
    for stall in stalls:
        if stall.state is not DayState.CALLED_OFF:
            found[stall.on] = _stall(stall)
    return found


def _market(one: MarketDayRecord) -> Mark:
    if one.state is DayState.CALLED_OFF:
        return Mark(OFF, "off", say("called off"))
    if one.state is DayState.COMPUTED:
        return Mark(say(MARKET), "likely", say("market, not confirmed yet"))
    return Mark(say(MARKET), "sure", say("market"))


def _stall(one: StallDayRecord) -> Mark:
    if one.kind is StallRuleKind.ODD_MARKET:
        return Mark(say(STALL), "stall", say("Deputies at the market"))
    return Mark(say(STATION), "stall", say("Deputies at the station"))


def day_names() -> list[str]:
    """From Monday on, as short as they go."""
    width = "narrow" if words.language.get() == "zh" else "abbreviated"
    monday = date(2026, 11, 23)
    pattern = "EEEEE" if width == "narrow" else "EEE"
    return [format_date(monday.replace(day=23 + n), pattern, locale=words.language.get()) for n in range(7)]
