"""What is due next of a warning and how long is left, in words and with a shape, so that no colour has to be seen."""

from datetime import datetime, timedelta

from msgspec import Struct

from backend.antifraud.warning_schemas import FraudWarningRecord
from backend.antifraud.warning_words import WarningState
from backend.antifraud.words import WarningStep
from backend.core import clock
from backend.core.words import Term, say

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON = timedelta(minutes=2)
STEPS = {
    WarningStep.ACKNOWLEDGE: Term("Say that you have it"),
    WarningStep.CALL: Term("Call"),
    WarningStep.MEET: Term("Meet"),
    WarningStep.TEXT: Term("Remind"),
}
LEFT = {"day": Term("{d} days {h} h left"), "hour": Term("{h} h {m} min left"), "minute": Term("{m} min left")}
OVER = {"day": Term("{d} days {h} h over"), "hour": Term("{h} h {m} min over"), "minute": Term("{m} min over")}
NOW = {"left": Term("less than a minute left"), "over": Term("time is up")}


class Due(Struct, frozen=True):
    """The next step of a warning. `due_at` null: every step was taken, or nobody is waited for; `word` says which."""

    word: str
    due_at: datetime | None
    left: str
    sign: str
    tone: str


def due(one: FraudWarningRecord) -> Due:
    """The next step, at this moment."""
    if one.state == WarningState.CLOSED:
        return Due(say("Closed"), None, "", "✓", "good")
    step, due_at = next_step(one)
    if step is None or due_at is None:
        return Due(say("Only the outcome is missing"), None, "", "○", "")
    sign, tone = _look(due_at - clock.now())
    return Due(say(STEPS[step]), due_at, told(due_at, at=clock.now()), sign, tone)


def next_step(one: FraudWarningRecord) -> tuple[WarningStep | None, datetime | None]:
    """Taking it comes first; then whichever of its steps nobody has taken yet, in their order."""
    steps = [
        (WarningStep.ACKNOWLEDGE, one.due_acknowledge_at if one.state == WarningState.OPEN else None),
        (WarningStep.CALL, None if one.answered_call_at or one.answered_meet_at else one.due_call_at),
        (WarningStep.MEET, None if one.answered_meet_at else one.due_meet_at),
        (WarningStep.TEXT, one.due_text_at),
    ]
    return next(((step, at) for step, at in steps if at is not None), (None, None))


def told(due_at: datetime, *, at: datetime) -> str:
    """How long is left, or how long it is over.

    >>> from datetime import UTC
    >>> ten = datetime(2026, 11, 22, 10, tzinfo=UTC)
    >>> for minutes in (3, 0.5, -0.5, -2, -80, -1500, 1440 + 61):
    ...     print(told(ten + timedelta(minutes=minutes), at=ten))
    还剩 3 分钟
    还剩不到 1 分钟
    到时间了
    已超 2 分钟
    已超 1 小时 20 分
    已超 1 天 1 小时
    还剩 1 天 1 小时
    """
    rest = due_at - at
    span, words, now = (rest, LEFT, NOW["left"]) if rest >= timedelta(0) else (-rest, OVER, NOW["over"])
    if span < MINUTE:
        return say(now)
    size = "day" if span >= DAY else "hour" if span >= HOUR else "minute"
    days, within = divmod(span, DAY)
    hours, within = divmod(within, HOUR)
    return say(words[size], d=days, h=hours, m=within // MINUTE)


def _look(rest: timedelta) -> tuple[str, str]:
    if rest < timedelta(0):
        return "■", "bad"
    return ("▲", "warn") if rest <= SOON else ("○", "good")


def for_script() -> dict[str, str]:
    """The same sentences with their places open, for the page's script."""
    open_ = {"d": "{d}", "h": "{h}", "m": "{m}"}
    sizes = {
        f"{name}-{size}": say(term, **open_)
        for name, terms in (("left", LEFT), ("over", OVER))
        for size, term in terms.items()
    }
    return sizes | {f"{name}-now": say(term) for name, term in NOW.items()}
