"""By when: a deadline as a pure function of its limit, its beginning, a calendar and the times it stood still.

A clock runs in legs, one a day (a wall clock's are as long as it runs unbroken). Each leg says why it counts or does
not, so that the legs themselves are the explanation.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct, structs

from backend.core.clock import SHANGHAI
from backend.core.refusals import Refusal
from backend.deadlines.calendars import Calendar, DayKind
from backend.deadlines.staffed_hours import Hours

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MAX_DAYS = 1500
"""How far a deadline may lie ahead, in days: about four years, with suspensions."""

Span = tuple[datetime, datetime]


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


class Light(StrEnum):
    """A clock at a glance; pages say it by word and shape as well as colour."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


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


class Deadline(Struct, frozen=True, kw_only=True):
    """By when, and why.

    expected_at   None where the limit names no earlier hope
    marks         for each share asked for (in per cent), the moment at which so much of the clock has run
    provisional   a year was walked through for which the State Council has said nothing yet
    """

    due_at: datetime
    expected_at: datetime | None
    calendar_version: int
    provisional: bool
    steps: tuple[Step, ...]
    marks: tuple[datetime, ...]


class DeadlineTooFar(Refusal):
    """The limit would end years ahead: hours that are hardly ever staffed, or a number with a slip in it."""

    status, code, title = 400, "deadlines/too-far", "The deadline would be years away"


class Leg(Struct, frozen=True):
    """A stretch of the walk: the spans in which the clock ran, and the step that tells of it."""

    running: tuple[Span, ...]
    step: Step


def deadline(
    limit: Limit,
    opened_at: datetime,
    calendar: Calendar,
    *,
    suspensions: Iterable[Suspension] = (),
    upstream_due_at: datetime | None = None,
    shares: Sequence[int] = (),
) -> Deadline:
    """By when something is due that was opened at a moment.

    - A wall clock runs through nights and holidays.
    - A day clock falls due at 23:59:59 in Shandong; the day it was opened does not count, at whatever hour that was.
    - Suspended, a wall clock moves by the span, a clock in minutes by the staffed minutes of the span. Of a day clock
      those days do not count at whose end (24:00) it stood still: ten minutes within a day move nothing, a night moves
      one day, so nobody gains days by stopping a clock again and again.
    - What stood still after it was due was late all the same.
    - A matter that came from above keeps the earlier of both deadlines; suspending it here moves nobody's clock there.

    Opened a minute before midnight on a Friday: Saturday and Sunday do not count, Monday is the first day.

    >>> calendar = Calendar(1, {}, frozenset({2026}))
    >>> three = Limit(clock=ClockKind.WORKING_DAYS, amount=3)
    >>> str(deadline(three, datetime(2026, 3, 6, 23, 59, tzinfo=SHANGHAI), calendar).due_at)
    '2026-03-11 23:59:59+08:00'
    """
    opened_at = opened_at.astimezone(SHANGHAI)
    whole, hoped = limit.amount * limit.clock.unit, (limit.expected or limit.amount) * limit.clock.unit
    parts = [whole * share / 100 for share in shares]
    reached, steps = _walk(limit, opened_at, calendar, _merged(suspensions), sorted({whole, hoped, *parts}))
    found = Deadline(
        due_at=reached[whole],
        expected_at=reached[hoped] if limit.expected else None,
        calendar_version=calendar.version,
        provisional=limit.clock.needs_calendar and any(step.provisional for step in steps),
        steps=tuple(steps),
        marks=tuple(reached[part] for part in parts),
    )
    return found if upstream_due_at is None else _earlier(found, opened_at, upstream_due_at, shares)


def _earlier(own: Deadline, opened_at: datetime, upstream: datetime, shares: Sequence[int]) -> Deadline:
    """The upstream deadline where it is the earlier one; the shares are then those of the time up to it."""
    upstream = upstream.astimezone(SHANGHAI)
    if upstream >= own.due_at:
        return own
    span = max(upstream - opened_at, timedelta(0))
    marks = (min(mark, opened_at + span * share / 100) for mark, share in zip(own.marks, shares, strict=True))
    return Deadline(
        due_at=upstream,
        expected_at=own.expected_at and min(own.expected_at, upstream),
        calendar_version=own.calendar_version,
        provisional=own.provisional,
        steps=(*own.steps, Step(day=upstream.date(), why=Why.UPSTREAM, ended_at=upstream)),
        marks=tuple(marks),
    )


def _walk(
    limit: Limit, opened_at: datetime, calendar: Calendar, still: Sequence[Suspension], goals: Sequence[timedelta]
) -> tuple[dict[timedelta, datetime], list[Step]]:
    """When the clock had run so long, for each goal (ascending), and the steps up to the last."""
    reached: dict[timedelta, datetime] = {}
    steps: list[Step] = []
    ran, left = timedelta(0), list(goals)
    last = opened_at.date() + MAX_DAYS * DAY
    for leg in _legs(limit, opened_at, calendar, still):
        if leg.step.day > last:
            raise DeadlineTooFar("It would be due after {last}. Look at the amount and the staffed hours.", last=last)
        before = ran
        for began, ended in leg.running:
            while left and left[0] <= ran + (ended - began):
                goal = left.pop(0)
                reached[goal] = _moment(limit, began + (goal - ran))
            ran = min(ran + (ended - began), goals[-1])
        steps.append(_told(limit, leg.step, before, ran, calendar))
        if not left:
            break
    return reached, steps


def _moment(limit: Limit, at: datetime) -> datetime:
    """A day clock that has run to midnight ended a second before, on the day that people mean."""
    at = at.astimezone(SHANGHAI)
    return at - timedelta(seconds=1) if limit.clock.in_days and at.time() == time(0) else at


def _told(limit: Limit, step: Step, before: timedelta, after: timedelta, calendar: Calendar) -> Step:
    """The step with what it used up, in days or minutes."""
    unit = DAY if limit.clock.in_days else MINUTE
    return structs.replace(
        step,
        counted=after > before,
        count=after // unit - before // unit,
        total=after // unit,
        provisional=limit.clock.needs_calendar and calendar.is_provisional(step.day),
    )


def _legs(limit: Limit, opened_at: datetime, calendar: Calendar, still: Sequence[Suspension]) -> Iterator[Leg]:
    if limit.clock is ClockKind.WALL_HOURS:
        return _wall_legs(opened_at, timedelta(hours=limit.amount), still)
    if limit.clock is ClockKind.WORKING_MINUTES:
        return _staffed_legs(limit, opened_at, calendar, still)
    return _day_legs(limit.clock, opened_at, calendar, still)


def _wall_legs(at: datetime, amount: timedelta, still: Sequence[Suspension]) -> Iterator[Leg]:
    for stop in still:
        began, ended = stop.began_at.astimezone(SHANGHAI), stop.ended_at.astimezone(SHANGHAI)
        if ended <= at:
            continue
        if began > at:
            yield Leg(((at, began),), Step(day=at.date(), why=Why.RUNNING, began_at=at, ended_at=began))
        step = Step(day=began.date(), why=Why.SUSPENDED, reason=stop.reason, began_at=began, ended_at=ended)
        yield Leg((), step)
        at = ended
    yield Leg(((at, at + amount),), Step(day=at.date(), why=Why.RUNNING, began_at=at))


def _day_legs(clock: ClockKind, opened_at: datetime, calendar: Calendar, still: Sequence[Suspension]) -> Iterator[Leg]:
    day = opened_at.date()
    yield Leg((), Step(day=day, why=Why.OPENED))
    while True:
        day += DAY
        step = _free(day, calendar) if clock is ClockKind.WORKING_DAYS else None
        stop = None if step else _over_midnight(day, still)
        if stop:
            step = Step(day=day, why=Why.SUSPENDED, reason=stop.reason)
        yield Leg((), step) if step else Leg((_whole(day),), _worked(clock, day, calendar))


def _staffed_legs(limit: Limit, opened_at: datetime, calendar: Calendar, still: Sequence[Suspension]) -> Iterator[Leg]:
    if limit.hours is None:
        raise ValueError("A clock in working minutes needs staffed hours")
    day = opened_at.date()
    while True:
        staffed = [(max(began, opened_at), ended) for began, ended in _staffed(day, limit.hours, calendar)]
        running = tuple((began, ended) for began, ended in _without(staffed, still) if began < ended)
        yield Leg(running, _shift(day, calendar, staffed, running, still))
        day += DAY


def _shift(
    day: date, calendar: Calendar, staffed: Sequence[Span], running: Sequence[Span], still: Sequence[Suspension]
) -> Step:
    if running:
        return Step(day=day, why=Why.STAFFED, began_at=running[0][0], ended_at=running[-1][1])
    touching = next((stop for stop in still for began, ended in staffed if _overlap(stop, began, ended)), None)
    if touching:
        return Step(day=day, why=Why.SUSPENDED, reason=touching.reason)
    return _free(day, calendar) or Step(day=day, why=Why.UNSTAFFED)


def _free(day: date, calendar: Calendar) -> Step | None:
    """The step of a day on which nobody works; None for one on which people do."""
    if calendar.works(day):
        return None
    named = calendar.named(day)
    if named is None:
        return Step(day=day, why=Why.WEEKEND)
    return Step(day=day, why=Why.HOLIDAY, name_zh=named.name_zh, name_en=named.name_en)


def _worked(clock: ClockKind, day: date, calendar: Calendar) -> Step:
    if clock is ClockKind.CALENDAR_DAYS:
        return Step(day=day, why=Why.DAY)
    named = calendar.named(day)
    if named is None:
        return Step(day=day, why=Why.WORKING_DAY)
    return Step(day=day, why=Why.MAKE_UP, name_zh=named.name_zh, name_en=named.name_en)


def _staffed(day: date, hours: Hours, calendar: Calendar) -> list[Span]:
    named = calendar.named(day)
    holiday, make_up = (named is not None and named.kind is kind for kind in (DayKind.HOLIDAY, DayKind.WORKDAY))
    midnight = datetime.combine(day, time(0), SHANGHAI)
    spans = hours.on(day.weekday(), holiday=holiday, make_up=make_up)
    return [(midnight + timedelta(minutes=began), midnight + timedelta(minutes=ended)) for began, ended in spans]


def _whole(day: date) -> Span:
    midnight = datetime.combine(day, time(0), SHANGHAI)
    return midnight, midnight + DAY


def _over_midnight(day: date, still: Sequence[Suspension]) -> Suspension | None:
    """What held the clock at the end of a day."""
    end = _whole(day)[1]
    return next((stop for stop in still if stop.began_at < end <= stop.ended_at), None)


def _overlap(stop: Suspension, began: datetime, ended: datetime) -> bool:
    return stop.began_at < ended and began < stop.ended_at


def _without(spans: Iterable[Span], still: Sequence[Suspension]) -> Iterator[Span]:
    """The parts of spans that no suspension covers."""
    for began, ended in spans:
        for stop in still:
            if _overlap(stop, began, ended):
                yield began, stop.began_at
                began = stop.ended_at
        yield began, ended


def _merged(suspensions: Iterable[Suspension]) -> list[Suspension]:
    """In order, those that touch or overlap as one."""
    merged: list[Suspension] = []
    for stop in sorted(suspensions, key=lambda each: each.began_at):
        if merged and stop.began_at <= merged[-1].ended_at:
            ended_at = max(merged[-1].ended_at, stop.ended_at)
            merged[-1] = Suspension(merged[-1].began_at, ended_at, merged[-1].reason)
        else:
            merged.append(stop)
    return merged


def light(at: datetime, *, due_at: datetime | None, first_mark: datetime | None, running: bool) -> Light:
    """Grey while it stands still or has no limit, red from the deadline on, yellow from the first expedite share on."""
    if not running or due_at is None:
        return Light.GREY
    if at > due_at:
        return Light.RED
    return Light.YELLOW if first_mark is not None and at >= first_mark else Light.GREEN
