"""Something was done, and came here later: when it was done, as far as that can be believed.

Both moments are told: people want to know the one; clocks and deadlines go by the other, because nobody's own clock
may put back what was due. A verb that takes `at` asks here what to make of it.
"""

from datetime import datetime, timedelta

AT_ONCE = timedelta(minutes=1)
"""What came sooner after it was done was done when it came."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far a clock may be behind ours and still be believed."""


def done_before(at: datetime | None, *, since: datetime, now: datetime) -> datetime | None:
    """When it was done, if that is another moment than now, at which it came; None where that is all that is known.

    since  when the record, or the step that this one follows, came to be: before it nothing was done to it

    >>> noon = datetime(2026, 11, 16, 12)
    >>> home = noon + timedelta(days=7)
    >>> done_before(noon, since=noon - timedelta(hours=1), now=home) == noon
    True
    >>> done_before(noon, since=noon + timedelta(minutes=2), now=home) == noon + timedelta(minutes=2)
    True
    >>> done_before(noon, since=noon + timedelta(days=1), now=home), done_before(home, since=noon, now=noon)
    (None, None)
    """
    if at is None or at < since - CLOCKS_DIFFER:
        return None
    done = max(at, since)
    return done if now - done >= AT_ONCE else None


def done_at(at: datetime | None, *, since: datetime, now: datetime) -> datetime:
    """The same where only one moment is kept, because no clock goes by it."""
    return done_before(at, since=since, now=now) or now
