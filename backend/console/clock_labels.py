"""Clocks as people read them: a sign, a tone and words, so that no colour has to be seen."""

from datetime import datetime, timedelta

from msgspec import Struct

from backend.cases.public import PublicClock
from backend.core import clock
from backend.core.words import Term, say
from backend.deadlines.rules import Light
from backend.deadlines.schemas import ClockRecord

KINDS = {
    "response": Term("To be answered"),
    "handling": Term("To be settled"),
    "loop": Term("This round"),
    "endorsement": Term("A leader's word"),
    "enterprise": Term("A firm's matter"),
}
SIGNS = {Light.GREEN: ("●", "good"), Light.YELLOW: ("▲", "warn"), Light.RED: ("■", "bad"), Light.GREY: ("‖", "")}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Clock = ClockRecord | PublicClock


class ClockShown(Struct, frozen=True, kw_only=True):
    """A clock for a row: what it is for, how it looks, how much is left."""

    code: str
    kind: str
    sign: str
    tone: str
    left: str
    due_at: datetime | None
    runs: bool


def shown(each: Clock) -> ClockShown:
    """One clock in words."""
    sign, tone = SIGNS[each.light]
    if each.stopped_at is not None:
        sign, tone = ("✕", "bad") if each.in_time is False else ("✓", "good")
    return ClockShown(
        code=each.kind,
        kind=say(KINDS.get(each.kind, KINDS["loop"])),
        sign=sign,
        tone=tone,
        left=left(each, clock.now()),
        due_at=each.due_at,
        runs=each.stopped_at is None and each.light is not Light.GREY,
    )


def left(each: Clock, at: datetime) -> str:
    """What is left of it, or what became of it."""
    if each.stopped_at is not None:
        return say("Done, too late") if each.in_time is False else say("Done in time")
    if each.due_at is None:
        return say("No limit")
    if each.light is Light.GREY:
        return say("Stands still")
    if each.due_at < at:
        return _late(at - each.due_at)
    return _to_go(each.due_at, at)


def _late(by: timedelta) -> str:
    if by >= DAY:
        return say("{n} days over", n=by // DAY)
    return say("{n} hours over", n=by // HOUR) if by >= HOUR else say("Just over")


def _to_go(due_at: datetime, at: datetime) -> str:
    rest = due_at - at
    if rest >= 2 * DAY:
        return say("{n} days left", n=rest // DAY)
    words = say("{n} hours left", n=rest // HOUR) if rest >= HOUR else say("{n} minutes left", n=rest.seconds // 60)
    same_day = clock.local(due_at).date() == clock.local(at).date()
    return say("Due today, {left}", left=words) if same_day else words
