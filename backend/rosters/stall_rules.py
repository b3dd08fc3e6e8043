"""On which day of a month a stall stands at the market, or people come to the station. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date

from backend.rosters.market_rules import first_market
from backend.rosters.station_words import StallRuleKind


def stall_days(
    kind: StallRuleKind, *, months: Iterable[date], markets: Sequence[date], day_of_month: int | None
) -> dict[date, date]:
    """The day of each month (given by its 1st) that has one.

    markets       the days on which the market is held, in any order
    day_of_month  the station's day in even months; the 31st is the last of a shorter one

    >>> months = [date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]
    >>> markets = [date(2027, 1, 3), date(2027, 1, 8), date(2027, 2, 2)]
    >>> stall_days(StallRuleKind.ODD_MARKET, months=months, markets=markets, day_of_month=None)
    {datetime.date(2027, 1, 1): datetime.date(2027, 1, 3)}
    >>> stall_days(StallRuleKind.EVEN_STATION, months=months, markets=[], day_of_month=31)
    {datetime.date(2027, 2, 1): datetime.date(2027, 2, 28)}
    """
    if kind is StallRuleKind.ODD_MARKET:
        found = {month: first_market(markets, month) for month in months if month.month % 2 == 1}
        return {month: on for month, on in found.items() if on is not None}
    return {month: _day_of(month, day_of_month or 1) for month in months if month.month % 2 == 0}


def _day_of(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))
