"""How wrong a phone's clock is, and by that when something was done offline."""

from datetime import UTC, datetime, timedelta

from backend.core import clock
from backend.sync.policies import sync_policy

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def clock_ahead(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """How far a phone's clock is ahead of ours; negative: behind. Nothing where it does not say how it stands.

    Less than what people are told of (`skew_told_from`) is as likely the way through a slow line.
    """
    if sent_at is None or not EARLIEST <= sent_at < LATEST:
        return timedelta()
    ahead = sent_at - received_at
    return ahead if abs(ahead) >= sync_policy(clock.today()).skew_told_from else timedelta()


def by_our_clock(captured_at: datetime, *, ahead: timedelta, received_at: datetime) -> datetime:
    """When it was done: by our clock, and at the latest when it came, because no verb takes a moment to come.

    A phone that is a day fast says Tuesday at ten of what was done on Monday at ten:

    >>> tuesday, home = datetime(2026, 11, 17, 10, tzinfo=UTC), datetime(2026, 11, 20, 19, tzinfo=UTC)
    >>> by_our_clock(tuesday, ahead=timedelta(days=1), received_at=home).isoformat()
    '2026-11-16T10:00:00+00:00'
    """
    return min(captured_at - ahead, received_at).astimezone(UTC)
