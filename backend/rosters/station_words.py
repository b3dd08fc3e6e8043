"""Words of stations, markets and calendars."""

from enum import StrEnum


class Office(StrEnum):
    """In which office somebody serves a grid: a people's deputy of a level, an observer, a party representative."""

    DEPUTY_NATIONAL = "deputy_national"
    DEPUTY_PROVINCE = "deputy_province"
    DEPUTY_CITY = "deputy_city"
    DEPUTY_COUNTY = "deputy_county"
    DEPUTY_TOWNSHIP = "deputy_township"
    OBSERVER = "observer"
    PARTY_REPRESENTATIVE = "party_rep"


class MarketRuleKind(StrEnum):
    """What a market goes by."""

    LUNAR_DIGIT = "lunar_digit"
    SOLAR_DIGIT = "solar_digit"
    WEEKDAY = "weekday"
    BRANCH = "branch"
    DATES = "dates"


class ShortMonth(StrEnum):
    """What a 10 or 30 market does in a lunar month of 29 days."""

    SKIP = "skip"
    DAY_29 = "day_29"


class DayState(StrEnum):
    """Where a day stands."""

    COMPUTED = "computed"
    CONFIRMED = "confirmed"
    CALLED_OFF = "called_off"


class StallRuleKind(StrEnum):
    """A stall at the first market on or after the 1st of odd months; a day at the station in even months."""

    ODD_MARKET = "odd_market"
    EVEN_STATION = "even_station"


class CalendarKind(StrEnum):
    """What a calendar shows: one's own shifts, the markets of a place, its stalls and station days."""

    SHIFTS = "shifts"
    MARKETS = "markets"
    STALLS = "stalls"
