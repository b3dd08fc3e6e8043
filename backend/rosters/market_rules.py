"""On which days a place holds market: lunar or solar digits, weekdays, branch days, named dates. Pure.

Market days cannot be a recurrence that phones understand (a lunar month has 29 or 30 days, some years a month twice),
so days are reckoned ahead, written down, and the township confirms them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from backend.rosters.market_lunar import ends_short_month, lunar_day
from backend.rosters.station_words import MarketRuleKind, ShortMonth

MONTHS_AHEAD = 12


class Rule(Struct, frozen=True, kw_only=True):
    """What decides about a day. Digits are last digits, 0 for the 10th, 20th and 30th; 1 is Monday, and the rat (子).

    short_month       what a market of the 30th does in a lunar month of 29 days
    held_on_new_year  whether it is held on lunar 1/1 where the days say so; a date that is named is held
    """

    kind: MarketRuleKind
    valid_from: date
    numbers: Sequence[int] = ()
    dates: Sequence[date] = ()
    short_month: ShortMonth = ShortMonth.SKIP
    held_on_new_year: bool = False
    valid_to: date | None = None


def holds(rule: Rule, day: date) -> bool:
    """Whether the rule names this day.

    A market of 5 and 10 has no 30th before the New Year of 2027, whose month ends on the 29th; it is left out, or
    held on the eve. One of 1 and 6 falls on New Year's Day itself, when nobody comes:

    >>> fives = Rule(kind=MarketRuleKind.LUNAR_DIGIT, numbers=[5, 0], valid_from=date(2026, 1, 1))
    >>> ones = Rule(kind=MarketRuleKind.LUNAR_DIGIT, numbers=[1, 6], valid_from=date(2026, 1, 1))
    >>> eve, new_year = date(2027, 2, 5), date(2027, 2, 6)
    >>> holds(fives, eve), holds(ones, new_year), holds(ones, date(2027, 2, 11))
    (False, False, True)
    >>> from msgspec.structs import replace
    >>> holds(replace(fives, short_month=ShortMonth.DAY_29), eve), holds(replace(ones, held_on_new_year=True), new_year)
    (True, True)
    """
    if day < rule.valid_from or (rule.valid_to is not None and day > rule.valid_to):
        return False
    if rule.kind is MarketRuleKind.DATES:
        return day in rule.dates
    if not _NAMES[rule.kind](rule, day):
        return False
    return rule.held_on_new_year or not _is_new_year(day)


def _by_lunar_digit(rule: Rule, day: date) -> bool:
    if lunar_day(day).day % 10 in rule.numbers:
        return True
    return rule.short_month is ShortMonth.DAY_29 and 0 in rule.numbers and ends_short_month(day)


def branch(day: date) -> int:
    """The earthly branch of a day, 1 for 子 to 12 for 亥; they go round for ever, whatever the months do.

    >>> branch(date(2027, 2, 6)), branch(date(2020, 1, 1))
    (5, 4)
    """
    return (day.toordinal() + 2) % 12 + 1


_NAMES: dict[MarketRuleKind, Callable[[Rule, date], bool]] = {
    MarketRuleKind.LUNAR_DIGIT: _by_lunar_digit,
    MarketRuleKind.SOLAR_DIGIT: lambda rule, day: day.day % 10 in rule.numbers,
    MarketRuleKind.WEEKDAY: lambda rule, day: day.isoweekday() in rule.numbers,
    MarketRuleKind.BRANCH: lambda rule, day: branch(day) in rule.numbers,
}


def _is_new_year(day: date) -> bool:
    found = lunar_day(day)
    return (found.month, found.day, found.leap) == (1, 1, False)


def market_days(rules: Sequence[Rule], first: date, last: date) -> dict[date, int]:
    """The market days of a span, both ends included, and which of the rules names each: the first that does.

    >>> sundays = Rule(kind=MarketRuleKind.WEEKDAY, numbers=[7], valid_from=date(2027, 1, 1))
    >>> fair = Rule(kind=MarketRuleKind.DATES, dates=[date(2027, 2, 10)], valid_from=date(2027, 1, 1))
    >>> [(day.day, place) for day, place in market_days([sundays, fair], date(2027, 2, 6), date(2027, 2, 14)).items()]
    [(7, 0), (10, 1), (14, 0)]
    """
    found: dict[date, int] = {}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        naming = next((place for place, rule in enumerate(rules) if holds(rule, day)), None)
        if naming is not None:
            found[day] = naming
    return found


def first_of_months(today: date) -> list[date]:
    """The 1st of this month and of the twelve that follow.

    >>> months = first_of_months(date(2026, 11, 22))
    >>> months[0], months[2], len(months)
    (datetime.date(2026, 11, 1), datetime.date(2027, 1, 1), 13)
    """
    months = today.year * 12 + today.month - 1
    return [_first(months + ahead) for ahead in range(MONTHS_AHEAD + 1)]


def _first(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def horizon(today: date) -> tuple[date, date]:
    """The days that are reckoned: from the 1st of this month to the end of the twelfth that follows.

    >>> horizon(date(2026, 11, 22))
    (datetime.date(2026, 11, 1), datetime.date(2027, 11, 30))
    """
    months = today.year * 12 + today.month - 1
    return _first(months), _first(months + MONTHS_AHEAD + 1) - timedelta(days=1)


def first_market(days: Iterable[date], month: date) -> date | None:
    """The first market on or after the 1st of a month, and within it.

    >>> first_market([date(2027, 1, 3), date(2027, 1, 8), date(2026, 12, 29)], date(2027, 1, 1))
    datetime.date(2027, 1, 3)
    >>> first_market([date(2027, 2, 1)], date(2027, 1, 1)) is None
    True
    """
    return min((day for day in days if (day.year, day.month) == (month.year, month.month)), default=None)
