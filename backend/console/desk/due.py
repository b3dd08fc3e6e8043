"""How urgent a callback is, in words and with a shape, so that no colour has to be seen."""

from datetime import datetime, timedelta

from msgspec import Struct

from backend.console.warnings.clocks import DAY, HOUR, MINUTE
from backend.core import clock
from backend.core.words import Term, say
from backend.hotline.call_policies import spans
from backend.hotline.callback_schemas import CallbackRecord
from backend.hotline.words import CallbackReason, CallbackState

WAITS = {"day": Term("waiting for {n} days"), "hour": Term("waiting for {n} h"), "minute": Term("waiting for {n} min")}


class Due(Struct, frozen=True, kw_only=True):
    """How it stands with a callback's time. `at`: when to ring, where that lies ahead."""

    sign: str
    tone: str
    word: str
    since: str = ""
    at: datetime | None = None


def due(one: CallbackRecord) -> Due:
    """At this moment. A question whether it helped is merely due for a while; whose call was missed waits from the
    start."""
    if one.state != CallbackState.OPEN:
        return Due(sign="✓", tone="good", word=say("It is over"))
    over = clock.now() - one.due_at
    if over < timedelta(0):
        return Due(sign="○", tone="good", word=say("Not yet"), at=one.due_at)
    missed = one.reason == CallbackReason.MISSED_CALL
    if missed or over >= spans().question_waits:
        return Due(sign="■", tone="bad", word=say("Ring now") if missed else say("Long due"), since=waited(over))
    return Due(sign="▲", tone="warn", word=say("Time to ring"), since=waited(over))


def urgency(one: CallbackRecord) -> tuple[bool, bool, datetime]:
    """Whose call was missed comes first once he is due, then by time."""
    ahead = one.due_at > clock.now()
    return ahead, one.reason != CallbackReason.MISSED_CALL, one.due_at


def waited(span: timedelta) -> str:
    """How long, in its largest unit.

    >>> [waited(timedelta(minutes=m)) for m in (0, 7, 75, 3000)]
    ['', '等了 7 分钟', '等了 1 小时', '等了 2 天']
    """
    if span < MINUTE:
        return ""
    size, unit = ("day", DAY) if span >= DAY else ("hour", HOUR) if span >= HOUR else ("minute", MINUTE)
    return say(WAITS[size], n=span // unit)
