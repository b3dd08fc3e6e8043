"""When an expert is there: his hours on his days by Shandong's clock, less the times he is away. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from msgspec import Struct

from backend.core.clock import SHANGHAI, local
from backend.deadlines.calendars import Calendar, DayKind
from backend.rosters.rules import Span, staffed_minutes

LOOKS_AHEAD_DAYS = 30
OFFICE_WEEK = frozenset(range(1, 6))
EVERY_DAY = frozenset(range(1, 8))


class Hours(Struct, frozen=True):
    """Spans of a day in minutes from midnight (an end may lie on the next day), and the weekdays, 1 Monday to 7."""

    spans: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]


class Presence(Struct, frozen=True):
    """Hours, when he is away (in order; spans may overlap), and the calendar of public holidays.

    Whoever names all seven days is there on holidays too; Monday to Friday are also the make-up days (调休上班).
    """

    hours: Hours
    away: Sequence[Span] = ()
    calendar: Calendar | None = None

    def is_away(self, at: datetime) -> bool:
        """Whether he is on leave or has paused, whatever his hours."""
        return any(left <= at < back for left, back in self.away)


@lru_cache(maxsize=2048)
def hours(staffed: str, weekdays: tuple[int, ...]) -> Hours:
    """Hours as they are written down. Raises Invalid (400).

    >>> hours("08:30-11:30,14:00-17:30", (1, 2, 3)).spans
    ((510, 690), (840, 1050))
    """
    minutes = staffed_minutes(staffed)
    return Hours(tuple(zip(minutes[::2], minutes[1::2], strict=True)), frozenset(weekdays))


def absences(
    away_until: datetime | None, leaves_at: Sequence[datetime], back_at: Sequence[datetime], *, at: datetime
) -> list[Span]:
    """When somebody is away from a moment on: his leave, and his own pause; in order."""
    away = list(zip(leaves_at, back_at, strict=True))
    if away_until is not None and away_until > at:
        away.append((at - timedelta(days=1), away_until))  # since when nobody wrote down: before any moment asked for
    return sorted(away)


def is_there(at: datetime, who: Presence) -> bool:
    """Whether he is there at a moment; the last minute of his hours is the one before their end.

    >>> night = Presence(hours("20:00-02:00", (5,)))
    >>> saturday = datetime(2026, 11, 21, 1, 59, tzinfo=SHANGHAI)
    >>> is_there(saturday, night), is_there(saturday + timedelta(minutes=1), night)
    (True, False)
    """
    return there_from(at, who) == at


def there_from(at: datetime, who: Presence) -> datetime | None:
    """The first moment from `at` on when he is there; None where there is none within a month.

    On Friday evening, with Monday morning away:

    >>> friday = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)
    >>> monday = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    >>> office = hours("08:30-17:30", (1, 2, 3, 4, 5))
    >>> there_from(friday, Presence(office, [(monday, monday.replace(hour=12))])).isoformat()
    '2026-11-23T12:00:00+08:00'
    """
    return next((begins for begins, _ in there(at, who)), None)


def begins(at: datetime, who: Presence, *, on_duty: bool) -> datetime | None:
    """The same; and whoever is on duty is there, whatever his hours, unless he is away."""
    return at if on_duty and not who.is_away(at) else there_from(at, who)


def stands_until(at: datetime, span: timedelta, who: Presence) -> datetime | None:
    """When so much of his time has passed since `at`.

    Twenty minutes from 17:20 on a Friday are ten of Friday and ten of Monday:

    >>> friday = datetime(2026, 11, 20, 17, 20, tzinfo=SHANGHAI)
    >>> office = Presence(hours("08:30-17:30", (1, 2, 3, 4, 5)))
    >>> stands_until(friday, timedelta(minutes=20), office).isoformat()
    '2026-11-23T08:40:00+08:00'
    """
    for began, ended in there(at, who):
        if began + span <= ended:
            return began + span
        span -= ended - began
    return None


def there(at: datetime, who: Presence) -> Iterator[Span]:
    """The spans from `at` on in which he is there, in order."""
    for began, ended in _spans(at, who):
        if ended > at:
            yield from _without((max(began, at), ended), who.away)


def works(day: date, weekdays: frozenset[int], calendar: Calendar | None) -> bool:
    """Whether it is one of somebody's days.

    >>> from backend.deadlines.calendars import NamedDay
    >>> thursday, saturday = date(2026, 10, 1), date(2026, 10, 10)
    >>> days = {thursday: NamedDay(DayKind.HOLIDAY, "国庆节", ""), saturday: NamedDay(DayKind.WORKDAY, "调休", "")}
    >>> calendar = Calendar(1, days, frozenset({2026}))
    >>> [works(day, OFFICE_WEEK, calendar) for day in (thursday, saturday)]
    [False, True]
    >>> works(thursday, EVERY_DAY, calendar)
    True
    """
    named = calendar.named(day) if calendar and weekdays != EVERY_DAY else None
    if named is None:
        return day.isoweekday() in weekdays
    return named.kind is DayKind.WORKDAY and (day.isoweekday() in weekdays or weekdays == OFFICE_WEEK)


def _spans(at: datetime, who: Presence) -> Iterator[Span]:
    yesterday = local(at).date() - timedelta(days=1)
    for number in range(LOOKS_AHEAD_DAYS + 1):
        day = yesterday + timedelta(days=number)
        if works(day, who.hours.weekdays, who.calendar):
            midnight = datetime.combine(day, time(), SHANGHAI)
            for began, ended in who.hours.spans:
                yield midnight + timedelta(minutes=began), midnight + timedelta(minutes=ended)


def _without(span: Span, away: Sequence[Span]) -> Iterator[Span]:
    began, ended = span
    for left, back in away:
        if back <= began or left >= ended:
            continue
        if left > began:
            yield began, left
        began = max(began, back)
    if began < ended:
        yield began, ended
