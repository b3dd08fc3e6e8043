"""Staffed hours as people write them, and spans as people say them."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from backend.core.clock import local
from backend.core.refusals import FieldError, Invalid
from backend.core.words import say

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
DAY = 24 * 60

Span = tuple[datetime, datetime]


def staffed_minutes(staffed: str) -> list[int]:
    """Pairs of minutes from midnight; an end before its beginning lies on the next day. Raises Invalid (400).

    >>> staffed_minutes("00:00-24:00")
    [0, 1440]
    >>> staffed_minutes("08:30-11:30, 13:30-17:30")
    [510, 690, 810, 1050]
    >>> staffed_minutes("22:00-06:00")
    [1320, 1800]
    """
    minutes: list[int] = []
    for part in re.split(r"[,，、]\s*", staffed.strip()):
        found = _HOURS.fullmatch(part.strip())
        begins, ends = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3)) if found else (0, 2 * DAY)
        if ends > DAY:
            raise _unreadable()
        minutes += [begins, ends if ends > begins else ends + DAY]
    if minutes != sorted(minutes) or minutes[-1] - minutes[0] > DAY:
        raise _unreadable()
    return minutes


def _unreadable() -> Invalid:
    wrong = FieldError(
        pointer="/staffed", detail="Write hours such as 00:00-24:00, 08:30-11:30,13:30-17:30 or 22:00-06:00, in order."
    )
    return Invalid("The staffed hours cannot be read.", errors=[wrong])


def span_text(starts_at: datetime, ends_at: datetime) -> str:
    """A span in the reader's language, by the clock in Shandong: 11月23日 16:00 至 24:00."""
    begins, ends = local(starts_at), local(ends_at)
    midnight = (ends - timedelta(seconds=1)).date()
    if midnight == begins.date():
        until = "24:00" if ends.date() > begins.date() else ends.strftime("%H:%M")
    else:
        until = _moment_text(ends)
    return say("{begins} to {ends}", begins=_moment_text(begins), ends=until)


def _moment_text(moment: datetime) -> str:
    return say("{month}/{day} {clock}", month=moment.month, day=moment.day, clock=moment.strftime("%H:%M"))


def overlaps(spans: Sequence[Span]) -> set[int]:
    """The places of spans that begin before an earlier one of them has ended.

    >>> at = lambda hour: datetime(2026, 11, 23, hour)
    >>> overlaps([(at(8), at(16)), (at(15), at(20)), (at(16), at(23))])
    {1, 2}
    """
    found: set[int] = set()
    latest: datetime | None = None
    for place in sorted(range(len(spans)), key=lambda i: spans[i]):
        begins, ends = spans[place]
        if latest is not None and begins < latest:
            found.add(place)
        latest = ends if latest is None else max(latest, ends)
    return found


def hours(spans: Iterable[Span]) -> float:
    """How many hours they hold together."""
    return sum((ends - begins).total_seconds() for begins, ends in spans) / 3600
