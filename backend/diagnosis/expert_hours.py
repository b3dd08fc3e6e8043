"""When an expert is there: his hours on his weekdays by Shandong's clock, less the times he is away. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache

from msgspec import Struct

from backend.core.clock import SHANGHAI, local
from backend.rosters.rules import Span, staffed_minutes

LOOKS_AHEAD_DAYS = 30


class Hours(Struct, frozen=True):
    """Spans of a day in minutes from midnight (an end may lie on the next day), and the weekdays, 1 Monday to 7."""

    spans: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]


@lru_cache(maxsize=2048)
def hours(staffed: str, weekdays: tuple[int, ...]) -> Hours:
    """Hours as they are written down. Raises Invalid (400).

    >>> hours("08:30-11:30,14:00-17:30", (1, 2, 3)).spans
    ((510, 690), (840, 1050))
    """
    minutes = staffed_minutes(staffed)
    return Hours(tuple(zip(minutes[::2], minutes[1::2], strict=True)), frozenset(weekdays))


def is_there(at: datetime, given: Hours, away: Sequence[Span] = ()) -> bool:
    """Whether he is there at a moment; the last minute of his hours is the one before their end.

    >>> night = hours("20:00-02:00", (5,))
    >>> saturday = datetime(2026, 11, 21, 1, 59, tzinfo=SHANGHAI)
    >>> is_there(saturday, night), is_there(saturday + timedelta(minutes=1), night)
    (True, False)
    """
    return next(there(at, given, away), (None, None))[0] == at


def there_from(at: datetime, given: Hours, away: Sequence[Span] = ()) -> datetime | None:
    """The first moment from `at` on when he is there; None where there is none within a month.

    On Friday evening, with Monday morning away:

    >>> friday = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)
    >>> monday = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    >>> there_from(friday, hours("08:30-17:30", (1, 2, 3, 4, 5)), [(monday, monday.replace(hour=12))]).isoformat()
    '2026-11-23T12:00:00+08:00'
    """
    return next((begins for begins, _ in there(at, given, away)), None)


def stands_until(at: datetime, span: timedelta, given: Hours, away: Sequence[Span] = ()) -> datetime | None:
    """When so much of his time has passed since `at`.

    Twenty minutes from 17:20 on a Friday are ten of Friday and ten of Monday:

    >>> friday = datetime(2026, 11, 20, 17, 20, tzinfo=SHANGHAI)
    >>> weekdays = hours("08:30-17:30", (1, 2, 3, 4, 5))
    >>> stands_until(friday, timedelta(minutes=20), weekdays).isoformat()
    '2026-11-23T08:40:00+08:00'
    """
    for begins, ends in there(at, given, away):
        if begins + span <= ends:
            return begins + span
        span -= ends - begins
    return None


def there(at: datetime, given: Hours, away: Sequence[Span] = ()) -> Iterator[Span]:
    """The spans from `at` on in which he is there, in order; `away`: in any order, they may overlap."""
    away = sorted(away)
    for begins, ends in _spans(at, given):
        if ends > at:
            yield from _without((max(begins, at), ends), away)


def absences(
    away_until: datetime | None, leaves_at: Sequence[datetime], back_at: Sequence[datetime], *, at: datetime
) -> list[Span]:
    """When somebody is away from a moment on: his leave, and his own pause."""
    away = list(zip(leaves_at, back_at, strict=True))
    return [*away, (at, away_until)] if away_until is not None and away_until > at else away


def begins(at: datetime, given: Hours, away: Sequence[Span], *, on_duty: bool) -> datetime | None:
    """The first moment from `at` on when he is there; whoever is on duty is, whatever his hours, unless he is away."""
    is_away = any(left <= at < back for left, back in away)
    return at if on_duty and not is_away else there_from(at, given, away)


def _spans(at: datetime, given: Hours) -> Iterator[Span]:
    yesterday = local(at).date() - timedelta(days=1)
    for number in range(LOOKS_AHEAD_DAYS + 1):
        day = yesterday + timedelta(days=number)
        if day.isoweekday() in given.weekdays:
            midnight = datetime.combine(day, time(), SHANGHAI)
            for begins, ends in given.spans:
                yield midnight + timedelta(minutes=begins), midnight + timedelta(minutes=ends)


def _without(span: Span, away: Sequence[Span]) -> Iterator[Span]:
    begins, ends = span
    for left, back in away:
        if back <= begins or left >= ends:
            continue
        if left > begins:
            yield begins, left
        begins = max(begins, back)
    if begins < ends:
        yield begins, ends
