"""Stations' hours on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.people.station_schemas import StationRecord

OpensAt = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="by the clock in Shandong")]
ClosesAt = Annotated[
    str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", description="24:00 for midnight; not included")
]
WeekdayOrMarket = Annotated[int, Meta(ge=0, le=7, description="1 is Monday; 0 a market day")]


class StationOpening(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One span of a day of the week. Hours of weekday 0 take the place of the others on market days."""

    weekday: WeekdayOrMarket
    opens: OpensAt
    closes: ClosesAt


class NewStationHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole week from a day on, today or later; it takes the place of what was set for that day and after."""

    valid_from: date
    hours: Annotated[list[StationOpening], Meta(max_length=64)]


class StationHoursRecord(Struct, frozen=True, kw_only=True):
    """The week of a station between two days. `valid_to` is the last of them."""

    unit_id: UUID
    valid_from: date
    valid_to: date | None
    hours: list[StationOpening]


class OpenSpan(Struct, frozen=True, kw_only=True):
    """From when to when, by the clock in Shandong."""

    opens: str
    closes: str


class StationOverview(StationRecord, frozen=True, kw_only=True):
    """A station with its day: `hours_today` is empty where it is closed or nobody set hours.

    next_market_on   the next market (today's too) at the station, or in its township
    """

    hours_today: list[OpenSpan]
    open_now: bool
    next_market_on: date | None
