"""Stalls on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import DivisionCode
from backend.rosters.market_schemas import Note
from backend.rosters.roster_schemas import Reason
from backend.rosters.station_hours_schemas import ClosesAt, OpensAt
from backend.rosters.station_words import DayState, StallRuleKind


class NewStallRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stall at the first market of odd months, or a day at the station in even ones, from a day on.

    division_code         whom it is for, and where it is announced: a township, or the county
    day_of_month          of a day at the station; the 31st is the last of a shorter month
    announce_days_before  how many days before it is announced
    """

    kind: StallRuleKind
    division_code: DivisionCode
    opens: OpensAt
    closes: ClosesAt
    valid_from: date
    source: Reason
    announce_days_before: Annotated[int, Meta(ge=0, le=60)] = 3
    day_of_month: Annotated[int, Meta(ge=1, le=31)] | None = None
    valid_to: date | None = None
    id: UUID | None = None


class StallRuleRecord(Struct, frozen=True, kw_only=True):
    """A stall rule, and who said so. `valid_to` is the last day."""

    id: UUID
    kind: StallRuleKind
    place_id: UUID
    place_name: str
    division_code: str
    division_name: str
    opens: str
    closes: str
    day_of_month: int | None
    announce_days_before: int
    valid_from: date
    valid_to: date | None
    source: str


class StallDayRecord(Struct, frozen=True, kw_only=True):
    """A stall or a day at the station. `month`: the 1st of the month it is the day of; `sequence` counts changes."""

    id: UUID
    rule_id: UUID
    kind: StallRuleKind
    place_id: UUID
    place_name: str
    division_code: str
    month: date
    on: date
    opens: str
    closes: str
    state: DayState
    note: str | None
    sequence: int
    announced_at: datetime | None
    changed_at: datetime


class ToldStall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the township says of it: held, perhaps on another day of its month (a market day, for a stall), or not."""

    held: bool
    on: date | None = None
    note: Note | None = None
