"""What the exchange's posts make of a call, whatever order they come in and however often. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from backend.core.words import Term
from backend.hotline.words import CallState

AHEAD = timedelta(minutes=5)
"""An exchange's clock may be so far ahead of ours."""
OLDEST = timedelta(days=366)


ODD = {
    "in-the-future": Term("This moment has not come yet."),
    "too-long-ago": Term("This moment is more than a year ago."),
}


class CallEvent(StrEnum):
    """What an exchange tells of a call."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    MISSED = "missed"


class Told(Struct, frozen=True, kw_only=True):
    """What is known of a call.

    began_at   the earliest moment told of it
    ended_at   the latest end told; where it was answered, one that is not before the answer
    """

    state: CallState
    began_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None


def is_odd(at: datetime, *, now: datetime) -> str | None:
    """Why a moment cannot be one of a call that is told now: a code of ours, or None.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> [is_odd(noon.replace(year=year), now=noon) for year in (1, 2026, 2027)]
    ['too-long-ago', None, 'in-the-future']
    """
    if at > now + AHEAD:
        return "in-the-future"
    return "too-long-ago" if at < now - OLDEST else None


def after(known: Told | None, event: CallEvent, at: datetime) -> Told:
    """A call after one more post. The same posts in another order, or twice, make the same call.

    An answer outranks a miss: an exchange may tell that one desk missed it before the next one took it.

    >>> from datetime import UTC
    >>> ten, one, two = (datetime(2026, 11, 22, 10, minute, tzinfo=UTC) for minute in range(3))
    >>> first = after(after(None, CallEvent.ENDED, two), CallEvent.RINGING, ten)
    >>> first.state.value, after(first, CallEvent.ANSWERED, one).state.value
    ('ended', 'ended')
    >>> after(after(None, CallEvent.MISSED, one), CallEvent.ANSWERED, two).state.value
    'talking'
    """
    told = known or Told(state=CallState.RINGING, began_at=at)
    told = replace(told, began_at=min(told.began_at, at))
    if event is CallEvent.RINGING:
        return told
    if event is CallEvent.ANSWERED:
        return _answered(told, at)
    return _ended(told, event, at)


def _answered(told: Told, at: datetime) -> Told:
    first = min(told.answered_at or at, at)
    ended = told.ended_at if told.ended_at is not None and told.ended_at >= first else None
    return replace(
        told, state=CallState.TALKING if ended is None else CallState.ENDED, answered_at=first, ended_at=ended
    )


def _ended(told: Told, event: CallEvent, at: datetime) -> Told:
    if told.answered_at is not None and at < told.answered_at:
        return told
    ended = max(told.ended_at or at, at)
    if told.answered_at is None and (event is CallEvent.MISSED or told.state is CallState.MISSED):
        return replace(told, state=CallState.MISSED, ended_at=ended)
    return replace(told, state=CallState.ENDED, ended_at=ended)
