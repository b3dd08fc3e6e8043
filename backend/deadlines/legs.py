"""The legs of a clock, one a day (a wall clock's are as long as it runs unbroken): when it ran, and why.

Legs go on for ever; whoever walks them stops when enough has run.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from backend.core.clock import SHANGHAI
from backend.deadlines.calendars import Calendar, DayKind
from backend.deadlines.limits import DAY, ClockKind, Limit, Step, Suspension, Why
from backend.deadlines.staffed_hours import Hours

Span = tuple[datetime, datetime]


class Leg(Struct, frozen=True):
    """A stretch of the walk: the spans in which the clock ran, and the step that tells of it."""

    running: tuple[Span, ...]
    step: Step


def legs(limit: Limit, opened_at: datetime, calendar: Calendar, still: Sequence[Suspension]) -> Iterator[Leg]:
    """The legs of a clock from its opening on; `still`: merged and in order, as `rules.deadline` has them."""
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
