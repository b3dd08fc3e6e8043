"""What a deadline is made of: kinds of clock, limits, suspensions, and the lines that explain it."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from backend.deadlines.staffed_hours import Hours

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class ClockKind(StrEnum):
    """What is counted: hours on the wall, days, working days, or minutes in which somebody is there."""

    WALL_HOURS = "wall_hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WORKING_MINUTES = "working_minutes"

    @property
    def unit(self) -> timedelta:
        """How long the clock runs for one of its amount; a day is a day, however long people worked on it."""
        if self is ClockKind.WALL_HOURS:
            return 60 * MINUTE
        return MINUTE if self is ClockKind.WORKING_MINUTES else DAY

    @property
    def in_days(self) -> bool:
        """Whether whole days count, so that the end is 23:59:59."""
        return self in (ClockKind.CALENDAR_DAYS, ClockKind.WORKING_DAYS)

    @property
    def needs_calendar(self) -> bool:
        """Whether holidays and make-up days move it."""
        return self in (ClockKind.WORKING_DAYS, ClockKind.WORKING_MINUTES)


class Why(StrEnum):
    """Why a day counts or does not."""

    OPENED = "opened"
    DAY = "day"
    WORKING_DAY = "working_day"
    MAKE_UP = "make_up"
    STAFFED = "staffed"
    RUNNING = "running"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SUSPENDED = "suspended"
    UNSTAFFED = "unstaffed"
    UPSTREAM = "upstream"


class Limit(Struct, frozen=True, kw_only=True):
    """How long something may take. `expected` (at most `amount`) is when one hopes for it; `hours` only for minutes."""

    clock: ClockKind
    amount: int
    expected: int | None = None
    hours: Hours | None = None


class Suspension(Struct, frozen=True):
    """A span in which a clock stood still, and the code of the reason. One that lasts still ends now."""

    began_at: datetime
    ended_at: datetime
    reason: str


class Step(Struct, frozen=True, kw_only=True):
    """One line of the explanation, for people to follow. `wording.step` says it in words.

    count     what of the amount was used up by this line: 1 of a day, minutes of a shift or of a running wall clock
    total     used up so far, this line included
    name_zh   of the holiday
    reason    of the suspension
    """

    day: date
    why: Why
    counted: bool = False
    count: int = 0
    total: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None
    name_zh: str = ""
    name_en: str = ""
    reason: str = ""
    provisional: bool = False
