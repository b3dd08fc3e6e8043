"""One clock for the whole house: UTC inside, Asia/Shanghai for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _stopped_at.get() or datetime.now(UTC)


def today() -> date:
    """The date on a wall calendar in Shandong."""
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """The same moment as people in Shandong read it."""
    return moment.astimezone(SHANGHAI)


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Hold the clock at one aware moment: for tests and for the seed, which tells a story in the past."""
    token = _stopped_at.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(token)
