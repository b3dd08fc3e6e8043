"""A notice about holidays as somebody pastes it: the State Council's sentences, or one line a day. Pure.

二、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
2027-01-01 元旦 休
2027-02-05至2027-02-11，春节，休
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from backend.core.words import say
from backend.deadlines.calendars import DayKind
from backend.deadlines.schemas import CalendarDayRecord, NewCalendarDay

MOST_LINES = 200
LONGEST_SPAN = timedelta(days=31)
KINDS = {
    "休": DayKind.HOLIDAY,
    "放假": DayKind.HOLIDAY,
    "holiday": DayKind.HOLIDAY,
    "班": DayKind.WORKDAY,
    "上班": DayKind.WORKDAY,
    "workday": DayKind.WORKDAY,
}
ENGLISH = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-autumn Festival",
    "国庆节": "National Day",
}
_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_ROW = re.compile(rf"^{_DATE}(?:\s*(?:至|到|~|—|–)\s*{_DATE})?[\s,，]+([^\s,，]+)[\s,，]+([^\s,，]+)$")
_TOKEN = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日")
_NAME = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)]?[、.．\s]*)?([^：:，。\d]{2,20})[：:]")
_ASIDE = re.compile(r"[（(][^）)]*[）)]")


class Read(Struct, frozen=True):
    """One line: the days read from it, or why nothing could be. Neither: nothing in it is a day."""

    text: str
    days: list[NewCalendarDay] = []
    problem: str | None = None


def read_notice(text: str, *, year: int) -> list[Read]:
    """Every line that is not blank. Years that the sentences leave out are the notice's.

    >>> [line] = read_notice("元旦：1月1日（周五）至3日（周日）放假。1月9日（周六）上班。", year=2027)
    >>> [(day.date.isoformat(), day.kind.value) for day in line.days][2:]
    [('2027-01-03', 'holiday'), ('2027-01-09', 'workday')]
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [_read(line, year) for line in lines[:MOST_LINES]]


def written(days: list[CalendarDayRecord]) -> str:
    """Days as lines that `read_notice` reads."""
    return "\n".join(f"{day.date} {day.name} {'休' if day.kind == DayKind.HOLIDAY else '班'}" for day in days)


def _read(line: str, year: int) -> Read:
    try:
        if row := _ROW.match(line):
            return Read(line, _row(row))
        if "放假" in line or "上班" in line:
            return Read(line, list(_sentences(line, year)))
    except ValueError:
        return Read(line, problem=say("There is a day in it that is none, or a span of more than a month."))
    if re.match(r"^\d", line) and re.search(r"\d[-/.月]\d", line):
        return Read(line, problem=say("A line has a day, a name, and 休 or 班, with blanks between."))
    return Read(line)


def _row(row: re.Match[str]) -> list[NewCalendarDay]:
    numbers = [int(each) if each else 0 for each in row.groups()[:6]]
    first = date(*numbers[:3])
    last = date(*numbers[3:]) if numbers[3] else first
    name, word = row.group(7), row.group(8).lower()
    return [_day(day, KINDS[word], name) for day in _span(first, last)] if word in KINDS else _unknown()


def _unknown() -> list[NewCalendarDay]:
    raise ValueError


def _sentences(line: str, year: int) -> Iterator[NewCalendarDay]:
    """The days of a line of the notice. Days without a word of their own belong to the next part that has one."""
    plain = _ASIDE.sub("", line)
    found = _NAME.match(plain)
    if found is None:
        raise ValueError(line)
    name = found.group(1).strip()
    held: list[date] = []
    for part in re.split(r"[。；;，,]", plain[found.end() :]):
        held += _days(part, year)
        if "上班" in part or "放假" in part:
            kind = DayKind.WORKDAY if "上班" in part else DayKind.HOLIDAY
            yield from (_day(day, kind, name) for day in held)
            held = []


def _days(part: str, year: int) -> list[date]:
    days: list[date] = []
    month, end = 0, 0
    for token in _TOKEN.finditer(part):
        year = int(token.group(1)) if token.group(1) else year
        month = int(token.group(2)) if token.group(2) else month
        day = date(year, month, int(token.group(3)))
        joins = days and re.search(r"至|到|~|—|–", part[end : token.start()])
        days += list(_span(days[-1], day))[1:] if joins else [day]
        end = token.end()
    return days


def _span(first: date, last: date) -> Iterator[date]:
    if not timedelta(0) <= last - first < LONGEST_SPAN:
        raise ValueError
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _day(day: date, kind: DayKind, name: str) -> NewCalendarDay:
    return NewCalendarDay(date=day, kind=kind, name=name[:40], name_en=ENGLISH.get(name, ""))
