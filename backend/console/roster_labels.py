"""Words of duty in the language of this request."""

from datetime import date, datetime

from babel.dates import format_date

from backend.core import clock
from backend.core.words import language, say
from backend.rosters.leave_tables import LeaveReason
from backend.rosters.rules import span_text
from backend.rosters.tables import Post, ShiftState

_POSTS = {
    Post.PHONE: "Telephone",
    Post.DESK: "Front desk",
    Post.LEADER: "Leader on duty",
    Post.FIELD: "Field duty",
}

_STATES = {
    ShiftState.PUBLISHED: ("Not confirmed yet", "○", "warn"),
    ShiftState.CONFIRMED: ("Confirmed", "✓", "good"),
    ShiftState.MISSED: ("Not reported", "✕", "bad"),
    ShiftState.SWAPPED: ("Passed on to somebody", "⇄", ""),
    ShiftState.CANCELLED: ("Cancelled", "✕", ""),
}

_REASONS = {
    LeaveReason.ANNUAL: "Annual leave",
    LeaveReason.SICK: "Sick leave",
    LeaveReason.FAMILY: "Family matters",
    LeaveReason.OFFICIAL: "Official business",
    LeaveReason.TRAINING: "Training",
    LeaveReason.OTHER: "Other",
}


def post(value: str) -> str:
    """One post's label."""
    return say(_POSTS[Post(value)])


def posts() -> list[tuple[str, str]]:
    """Each post's word and its label."""
    return [(each.value, say(label)) for each, label in _POSTS.items()]


def state(value: str) -> tuple[str, str, str]:
    """A state as a label, a shape, and the tone that goes with it."""
    label, shape, tone = _STATES[ShiftState(value)]
    return say(label), shape, tone


def reasons() -> list[tuple[str, str]]:
    """Each reason's word and its label."""
    return [(each.value, say(label)) for each, label in _REASONS.items()]


def reason(value: str) -> str:
    """One reason's label."""
    return say(_REASONS[LeaveReason(value)])


def span(starts_at: datetime, ends_at: datetime) -> str:
    """11月23日 16:00 至 24:00."""
    return span_text(starts_at, ends_at)


def days(first: date, last: date) -> str:
    """2026年11月16日 至 11月22日."""
    until = say("{month}/{day}", month=last.month, day=last.day)
    return say("{begins} to {ends}", begins=format_date(first, "medium", locale=language.get()), ends=until)


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """16:00–24:00; over midnight 22:00–次日06:00."""
    begins, ends = clock.local(starts_at), clock.local(ends_at)
    if ends.date() == begins.date():
        until = ends.strftime("%H:%M")
    elif (ends.hour, ends.minute) == (0, 0) and (ends.date() - begins.date()).days == 1:
        until = "24:00"
    else:
        until = say("next day {clock}", clock=ends.strftime("%H:%M"))
    return f"{begins:%H:%M}–{until}"
