"""The spans of calls: dated rows out of `call_policies.csv`, the newest that has begun counts.

No national span was found in public texts: these are defaults that a county sets for itself.
"""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from backend.core import clock

FILE = Path(__file__).parent / "call_policies.csv"


class CallPolicy(Struct, frozen=True, kw_only=True):
    """One span, in the unit its name ends with, and who says so."""

    name: str
    value: int
    valid_from: date
    valid_to: date | None
    source: str


class Spans(Struct, frozen=True, kw_only=True):
    """All spans of one day.

    acknowledge   how long whoever is rung about a missed call has before the next is rung
    ring_back     by when a missed caller is promised to be rung
    one_text      how long he is not written to again
    told_at_night a text goes out at night to whoever rang within this
    unanswered    from the end of a call that nobody answered until it counts as missed
    ringing       a call that rings longer without another post counts as missed
    talking       a call whose end nobody told counts as ended after it
    keep_posts    how long the ids of posts are kept
    question_waits   after its time a question whether it helped is merely due for so long
    calls_before  how far back the calls of one number are counted
    """

    acknowledge: timedelta
    ring_back: timedelta
    one_text: timedelta
    told_at_night: timedelta
    unanswered: timedelta
    ringing: timedelta
    talking: timedelta
    keep_posts: timedelta
    question_waits: timedelta
    calls_before: timedelta


_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


@cache
def call_policies() -> tuple[CallPolicy, ...]:
    """All rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        told = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    return tuple(msgspec.convert(told, list[CallPolicy], strict=False))


def spans(on: date | None = None, *, policies: Sequence[CallPolicy] | None = None) -> Spans:
    """The spans of a day, today unless told.

    >>> spans(date(2026, 11, 22)).ring_back
    datetime.timedelta(seconds=1800)
    """
    day, rows = on or clock.today(), call_policies() if policies is None else policies
    counting = [row for row in rows if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
    found: dict[str, timedelta] = {}
    for row in sorted(counting, key=lambda each: each.valid_from):
        name, _, unit = row.name.rpartition("_")
        found[name] = timedelta(**{_UNITS[unit]: row.value})
    return Spans(**found)
