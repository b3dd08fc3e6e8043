"""A day in the lunar calendar, as `cnlunar` tells it: the one place that knows which library does."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from cnlunar import Lunar
from msgspec import Struct

_MONTHS = ("正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月")
_TENS = ("初", "十", "廿")
_DIGITS = "一二三四五六七八九十"
_NOON = time(12)  # naive, as the library wants it; at 23:00 it goes on to the next day


class LunarDay(Struct, frozen=True):
    """Month 1 to 12 and day 1 to 30; `leap` for the second of two months with one number."""

    month: int
    day: int
    leap: bool


@lru_cache(maxsize=4096)
def lunar_day(day: date) -> LunarDay:
    """A day of the years 1901 to 2099 in the lunar calendar.

    >>> lunar_day(date(2027, 2, 6)), lunar_day(date(2025, 7, 25))
    (LunarDay(month=1, day=1, leap=False), LunarDay(month=6, day=1, leap=True))
    """
    found = Lunar(datetime.combine(day, _NOON))
    return LunarDay(found.lunarMonth, found.lunarDay, bool(found.isLunarLeapMonth))


def ends_short_month(day: date) -> bool:
    """Whether it is the 29th and last day of its lunar month.

    >>> [ends_short_month(date(2027, month, day)) for month, day in ((2, 5), (2, 6), (3, 7))]
    [True, False, False]
    """
    return lunar_day(day).day == 29 and lunar_day(day + timedelta(days=1)).day == 1


def lunar_text(day: date) -> str:
    """As a wall calendar prints it.

    >>> [lunar_text(date(*day)) for day in ((2027, 2, 6), (2025, 7, 25), (2026, 11, 28), (2026, 12, 8))]
    ['正月初一', '闰六月初一', '十月二十', '十月三十']
    """
    found = lunar_day(day)
    return ("闰" if found.leap else "") + _MONTHS[found.month - 1] + _day_text(found.day)


def _day_text(day: int) -> str:
    if day in (20, 30):
        return "二十" if day == 20 else "三十"
    return _TENS[(day - 1) // 10] + _DIGITS[(day - 1) % 10]
