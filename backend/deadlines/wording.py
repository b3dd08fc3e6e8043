"""The explanation of a deadline in the reader's words."""

from datetime import datetime

from backend.core.clock import local
from backend.core.words import Term, language, say
from backend.deadlines.limits import ClockKind, Step, Why
from backend.deadlines.tables import SuspensionReason

REASONS = {
    SuspensionReason.WAITING_FOR_CITIZEN: Term("waiting for the citizen"),
    SuspensionReason.WAITING_FOR_SUPERIOR: Term("waiting for an answer from above"),
    SuspensionReason.WAITING_FOR_FINDING: Term("waiting for a test or an expert finding"),
    SuspensionReason.WEATHER_OR_SEASON: Term("weather or season"),
    SuspensionReason.FORCE_MAJEURE: Term("force majeure"),
    SuspensionReason.OTHER: Term("another reason"),
}

CLOCKS = {
    ClockKind.WALL_HOURS: Term("hours round the clock"),
    ClockKind.CALENDAR_DAYS: Term("calendar days"),
    ClockKind.WORKING_DAYS: Term("working days"),
    ClockKind.WORKING_MINUTES: Term("staffed minutes"),
}


def step(told: Step) -> str:
    """One line of the explanation."""
    line = _line(told)
    return say("{line} (provisional: no notice of the State Council yet)", line=line) if told.provisional else line


LINES = {
    Why.OPENED: Term("The day it was opened does not count."),
    Why.DAY: Term("Day {total}."),
    Why.WORKING_DAY: Term("Working day {total}."),
    Why.MAKE_UP: Term("Make-up day for {name}: working day {total}."),
    Why.WEEKEND: Term("Weekend: does not count."),
    Why.HOLIDAY: Term("{name}: a public holiday, does not count."),
    Why.STAFFED: Term("{count} staffed minutes, {total} so far."),
    Why.UNSTAFFED: Term("Nobody is there on this day: does not count."),
}


def _line(told: Step) -> str:
    if told.why in LINES:
        return say(LINES[told.why], name=_name(told), count=told.count, total=told.total)
    if told.why is Why.RUNNING:
        return say("Runs round the clock from {began}, nights and holidays included.", began=_moment(told.began_at))
    if told.why is Why.UPSTREAM:
        return say("The deadline from above, {at}, counts.", at=_moment(told.ended_at))
    reason = REASONS[SuspensionReason(told.reason)]
    if told.began_at is None:
        return say("Suspended at the end of this day ({reason}): does not count.", reason=reason)
    return say(
        "Suspended ({reason}) from {began} to {ended}: this span does not count.",
        reason=reason,
        began=_moment(told.began_at),
        ended=_moment(told.ended_at),
    )


def _name(told: Step) -> str:
    return told.name_zh if language.get() == "zh" else told.name_en


def _moment(at: datetime | None) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M") if at else ""
