"""The room's shapes, on the wire and for the rooms above."""

from datetime import date, datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import DivisionCode, Line, Moment
from backend.deadlines.calendars import DayKind
from backend.deadlines.expedite_tables import NoticeState
from backend.deadlines.limits import ClockKind
from backend.deadlines.recalculation_tables import RecalculationState
from backend.deadlines.rules import Light
from backend.deadlines.tables import ClockEventKind, ClockState


class NewClock(Struct, frozen=True, kw_only=True):
    """A clock to start. `label` is what people call the subject (a receipt number), never somebody's name."""

    id: UUID
    subject_room: str
    subject_id: UUID
    kind: str
    policy_code: str
    opened_at: datetime
    division_code: str
    label: str
    unit_id: UUID | None = None
    link: str | None = None
    upstream_due_at: datetime | None = None
    ladder: str | None = None


class Subject(NamedTuple):
    """What clocks are of: a record of a room above."""

    room: str
    id: UUID


class ClockRecord(Struct, frozen=True, kw_only=True):
    """A clock as it is now.

    due_at    null: there is no limit, the time is only measured. While suspended, as it was when it stopped
    light     green, yellow from the first expedite share on, red when overdue; grey while it does not run
    overdue   whether it runs and is late
    in_time   whether it was stopped by its deadline; null while it is not stopped, or without a limit
    round     1, and one more each time it was started anew
    """

    id: UUID
    subject_room: str
    subject_id: UUID
    kind: str
    label: str
    link: str | None
    unit_id: UUID | None
    division_code: str
    policy_id: UUID
    policy_code: str
    clock: ClockKind | None
    amount: int | None
    calendar_version: int
    provisional: bool
    round: int
    state: ClockState
    opened_at: datetime
    upstream_due_at: datetime | None
    expected_at: datetime | None
    due_at: datetime | None
    suspended_at: datetime | None
    stopped_at: datetime | None
    light: Light
    overdue: bool
    in_time: bool | None


class StepRecord(Struct, frozen=True, kw_only=True):
    """One line of the explanation, in the reader's language. `total`: days or minutes used up so far."""

    day: date
    counted: bool
    why: str
    text: str
    count: int
    total: int
    provisional: bool


class ClockEventRecord(Struct, frozen=True, kw_only=True):
    """Something that happened to a clock."""

    kind: ClockEventKind
    at: datetime
    recorded_at: datetime
    by: UUID | None
    old_due_at: datetime | None
    new_due_at: datetime | None
    reason: str | None


class NoticeRecord(Struct, frozen=True, kw_only=True):
    """An expedite notice. `overtakes`: lower shares it came instead of; `level`: how far up the ladder it went."""

    id: UUID
    number: int
    percent: int
    overtakes: list[int]
    round: int
    reached_at: datetime
    fired_at: datetime
    state: NoticeState
    level: int
    acknowledged_at: datetime | None


class DueExplained(Struct, frozen=True, kw_only=True):
    """Why a clock is due when it is: the line of days, what moved it, and who was reminded."""

    clock: ClockRecord
    steps: list[StepRecord]
    events: list[ClockEventRecord]
    notices: list[NoticeRecord]


class DeadlinePreview(Struct, frozen=True, kw_only=True):
    """What a deadline would be. Nothing is stored."""

    clock: ClockKind
    amount: int
    opened_at: datetime
    due_at: datetime
    expected_at: datetime | None
    calendar_version: int
    provisional: bool
    steps: list[StepRecord]


class DeadlinePolicyRecord(Struct, frozen=True, kw_only=True):
    """A limit in force, and who says so. `clock` and `amount` null: the time is only measured.

    kind  response: a limit to report back in substance; handling: until the matter itself is resolved
    """

    id: UUID
    code: str
    kind: str
    name: str
    clock: ClockKind | None
    amount: int | None
    expected_amount: int | None
    hours: str | None
    expedite_percents: list[int]
    ladder: str
    valid_from: date
    source: str


class NewCalendarDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day of the notice: `holiday`, or `workday` for a Saturday or Sunday that people work (调休上班)."""

    date: date
    kind: DayKind
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    name_en: Annotated[str, Meta(max_length=60)] = ""


class NewCalendar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A year as the State Council's notice has it. `provisional` for one that is still awaited."""

    year: Annotated[int, Meta(ge=2004, le=2100)]
    source: Annotated[Line, Meta(min_length=1)]
    days: Annotated[list[NewCalendarDay], Meta(min_length=1, max_length=120)]
    provisional: bool = False
    id: UUID | None = None


class CalendarDayRecord(Struct, frozen=True, kw_only=True):
    """A holiday or make-up day."""

    date: date
    kind: DayKind
    name: str


class CalendarRecord(Struct, frozen=True, kw_only=True):
    """A year of one version of the calendar. Days that are not listed are as the week has them."""

    year: int
    version: int
    provisional: bool
    source: str
    days: list[CalendarDayRecord]


class CalendarYearRecord(Struct, frozen=True, kw_only=True):
    """What a version says of a year."""

    year: int
    provisional: bool
    source: str


class CalendarVersionRecord(Struct, frozen=True, kw_only=True):
    """A version: all of the one before, and what it says of `years` instead. Version 1 came with the program."""

    version: int
    source: str
    published_at: Moment
    published_by: str | None
    years: list[CalendarYearRecord]


class NewRecalculation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which clocks to look at: those of a division and all below it, under the newest calendar."""

    division_code: DivisionCode
    id: UUID | None = None


class MovedClock(Struct, frozen=True, kw_only=True):
    """A clock that would be due at another time, or for certain. `days`: those that the calendars see differently."""

    clock_id: UUID
    subject_room: str
    subject_id: UUID
    kind: str
    label: str
    unit_id: UUID | None
    old_due_at: datetime
    new_due_at: datetime
    provisional: bool
    days: list[date]
    text: str


class RecalculationRecord(Struct, frozen=True, kw_only=True):
    """A proposal. `moved` are the first hundred of `moved_n` clocks."""

    id: UUID
    division_code: str
    calendar_version: int
    proposed_at: Moment
    examined: int
    state: RecalculationState
    applied_at: Moment | None
    moved_n: int
    moved: list[MovedClock]
