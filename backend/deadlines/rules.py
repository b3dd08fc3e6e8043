"""By when: a deadline as a pure function of its limit, its beginning, a calendar and the times it stood still.

A clock runs in legs, one a day (a wall clock's are as long as it runs unbroken). Each leg says why it counts or does
not, so that the legs themselves are the explanation.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct, structs

from backend.core.clock import SHANGHAI
from backend.core.refusals import Refusal
from backend.deadlines.calendars import Calendar
from backend.deadlines.legs import legs
from backend.deadlines.limits import DAY, MINUTE, Limit, Step, Suspension, Why

MAX_DAYS = 1500
"""How far a deadline may lie ahead, in days: about four years, with suspensions."""


class Light(StrEnum):
    """A clock at a glance; pages say it by word and shape as well as colour."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


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

    >>> from backend.deadlines.limits import ClockKind
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
    for leg in legs(limit, opened_at, calendar, still):
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
