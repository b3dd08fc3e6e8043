"""Markets on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL
from backend.rosters.roster_schemas import Reason
from backend.rosters.station_words import DayState, MarketRuleKind, ShortMonth

Number = Annotated[int, Meta(ge=0, le=12)]
Note = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]


class NewMarketRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a place holds market, from a day on.

    numbers           lunar_digit and solar_digit: last digits, 10 (or 0) for the 10th, 20th and 30th; weekday: 1 is
                      Monday; branch: 1 is the rat (子) to 12, the pig (亥)
    dates             the days themselves, for kind `dates`; a fair
    short_month       a lunar market of the 30th in a month of 29 days: left out, or held on the 29th
    held_on_new_year  also on lunar 1/1, when markets rest
    beside            goes beside the rules that stand (a fair, a Sunday market) and ends none of them
    """

    kind: MarketRuleKind
    valid_from: date
    source: Reason
    numbers: Annotated[list[Number], Meta(max_length=12)] = []
    dates: Annotated[list[date], Meta(max_length=100)] = []
    short_month: ShortMonth = ShortMonth.SKIP
    held_on_new_year: bool = False
    beside: bool = False
    valid_to: date | None = None
    id: UUID | None = None


class MarketRuleRecord(Struct, frozen=True, kw_only=True):
    """A market rule, and who said so. `valid_to` is the last day; digits are last digits, 0 for the 10th."""

    id: UUID
    market_id: UUID
    kind: MarketRuleKind
    numbers: list[int]
    dates: list[date]
    short_month: ShortMonth
    held_on_new_year: bool
    valid_from: date
    valid_to: date | None
    source: str


class RuleEnding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last day on which something holds."""

    valid_to: date


class MarketDayRecord(Struct, frozen=True, kw_only=True):
    """A market on a day. `lunar`: 腊月廿九. `sequence` counts its changes; who follows it keeps the higher one."""

    id: UUID
    market_id: UUID
    market_name: str
    division_code: str
    on: date
    lunar: str
    rule_id: UUID | None
    state: DayState
    note: str | None
    sequence: int
    changed_at: datetime


class ToldDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the township says of a day: it is held (a day that no rule names is added so), or it is called off."""

    on: date
    held: bool
    note: Note | None = None


class ToldDays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days of one market."""

    days: Annotated[list[ToldDay], Meta(min_length=1, max_length=400)]


class ToldVerdict(Struct, frozen=True, kw_only=True):
    """What became of one day: stored, duplicate (it stood so already), or refused."""

    index: int
    id: UUID | None
    outcome: str
    problem: str | None = None


class ToldDaysVerdict(Struct, frozen=True, kw_only=True):
    """Day by day what became of it. One that is refused keeps no other from being stored."""

    stored: int
    duplicate: int
    refused: int
    rows: list[ToldVerdict]


class DayPlace(msgspec.Struct, frozen=True, array_like=True):
    """The place of one row in a list sorted by days."""

    on: date
    id: UUID
