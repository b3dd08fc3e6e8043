"""The shapes of duty on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, Line, Moment
from backend.people.tables import UnitKind
from backend.rosters.tables import LeaveReason, LeaveState, Post, ShiftState, SwapState

MAX_ROWS = 1000
Reason = Annotated[Line, Meta(min_length=1)]
Weekday = Annotated[int, Meta(ge=1, le=7, description="1 is Monday")]


class NewDutyRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which hours of a post must be staffed, from `valid_from` on. It ends the rule before it the day before.

    staffed   00:00-24:00, 08:30-11:30,13:30-17:30, or 22:00-06:00 over midnight; by the clock in Shandong
    """

    unit_id: UUID
    post: Post
    staffed: Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
    valid_from: date
    source: Reason
    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: [1, 2, 3, 4, 5, 6, 7]
    )
    valid_to: date | None = None
    overlap_allowed: bool = False
    id: UUID | None = None


class DutyRuleRecord(Struct, frozen=True, kw_only=True):
    """A duty rule, and who said so. `valid_to` is the last day."""

    id: UUID
    unit_id: UUID
    post: Post
    staffed: str
    weekdays: list[int]
    overlap_allowed: bool
    valid_from: date
    valid_to: date | None
    source: str


class NewShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person for one span of at most 72 hours. Without an id the roster's own id and the row's content make it."""

    person_id: UUID
    starts_at: Moment
    ends_at: Moment
    id: UUID | None = None


class NewRoster(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A roster for one post. Every staffed hour of its span has to have somebody, those on shifts published before too.

    allow_gaps   publish although hours stay without anybody; `gap_reason` says why, and a task finds them somebody
    """

    unit_id: UUID
    post: Post
    starts_at: Moment
    ends_at: Moment
    shifts: Annotated[list[NewShift], Meta(max_length=MAX_ROWS)]
    allow_gaps: bool = False
    gap_reason: Reason | None = None
    id: UUID | None = None


class RowVerdict(Struct, frozen=True, kw_only=True):
    """What became of one row: stored, duplicate, refused, or held (it fits, and waits for the others)."""

    index: int
    id: UUID
    outcome: str
    problem: str | None = None


class Hours(Struct, frozen=True):
    """A span of time; `ends_at` is not included."""

    starts_at: datetime
    ends_at: datetime


class RosterVerdict(Struct, frozen=True, kw_only=True):
    """A published roster, row by row. `gaps` are hours nobody holds, each with a task for the supervisor."""

    id: UUID
    unit_id: UUID
    post: Post
    starts_at: datetime
    ends_at: datetime
    stored: int
    duplicate: int
    refused: int
    rows: list[RowVerdict]
    gaps: list[Hours]


class ShiftRecord(Struct, frozen=True, kw_only=True):
    """A shift as it is now. `follows` is the shift it took over; `offered_to` whom its holder asked to take it."""

    id: UUID
    unit_id: UUID
    unit_name: str
    division_code: str
    post: Post
    person_id: UUID
    person_name: str
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    missed_at: datetime | None
    entered_late: bool
    ended_at: datetime | None
    ending: str | None
    follows: UUID | None
    offered_to: UUID | None


class Cancellation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why; where hours are left without anybody, the reason is kept with them."""

    reason: Reason


class NewSwap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer to a colleague of the unit; with `in_return_shift_id`, against his."""

    to_person_id: UUID
    in_return_shift_id: UUID | None = None
    remark: Line | None = None
    id: UUID | None = None


class SwapRecord(Struct, frozen=True, kw_only=True):
    """An offer. `shift` is the offered one as it is now; `successors` are the shifts that an accepted offer made."""

    id: UUID
    state: SwapState
    shift: ShiftRecord
    in_return: ShiftRecord | None
    offered_by: UUID
    offered_by_name: str
    offered_to: UUID
    offered_to_name: str
    offered_at: datetime
    answered_at: datetime | None
    remark: str | None
    successors: list[ShiftRecord]


class NewLeave(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To be away for a span. A supervisor may ask for one of the unit with `person_id`."""

    unit_id: UUID
    starts_at: Moment
    ends_at: Moment
    reason: LeaveReason
    person_id: UUID | None = None
    id: UUID | None = None


class Candidate(Struct, frozen=True, kw_only=True):
    """One of the unit who is free for a shift, with his hours on duty in the fortnight before and after it."""

    person_id: UUID
    name: str
    hours: float


class Affected(Struct, frozen=True, kw_only=True):
    """A shift inside the leave and who could take it, the least loaded first. Nobody: a task would find somebody."""

    shift: ShiftRecord
    candidates: list[Candidate]


class LeaveDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Yes or no. `substitutes` names who takes which shift; for the others the first candidate does."""

    approve: bool
    substitutes: Annotated[dict[UUID, UUID], Meta(max_length=MAX_ROWS)] = {}
    remark: Line | None = None


class LeaveRecord(Struct, frozen=True, kw_only=True):
    """A request, what it touches, and once it is approved who took over (`successors`) and what nobody holds."""

    id: UUID
    unit_id: UUID
    unit_name: str
    person_id: UUID
    person_name: str
    starts_at: datetime
    ends_at: datetime
    reason: LeaveReason
    state: LeaveState
    requested_at: datetime
    decided_at: datetime | None
    remark: str | None
    affected: list[Affected]
    successors: list[ShiftRecord]


class OnDuty(Struct, frozen=True, kw_only=True):
    """Somebody on duty. `phone` is his own number, only where it was asked for by one who may."""

    person_id: UUID
    name: str
    shift_id: UUID
    post: Post
    starts_at: datetime
    ends_at: datetime
    confirmed: bool
    state: ShiftState
    phone: str | None = None


class ToRing(Struct, frozen=True):
    """Whom to ring for a unit. `on_duty`: his shift runs now, so that he is awake by duty."""

    person_id: UUID
    on_duty: bool


class UnitOnDuty(Struct, frozen=True, kw_only=True):
    """A unit and its people: those on duty, the sure ones first, and who comes next."""

    unit_id: UUID
    unit_name: str
    kind: UnitKind
    division_code: str
    division_name: str
    public_phone: str | None
    on_duty: list[OnDuty]
    next: OnDuty | None


class DutyAnswer(Struct, frozen=True):
    """Who is on duty at a moment, the nearest unit first."""

    at: datetime
    units: list[UnitOnDuty]


def shift_record(row: Any) -> ShiftRecord:
    """A row of `queries.SHIFT` as a record."""
    return msgspec.convert(dict(row), ShiftRecord)
