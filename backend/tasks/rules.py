"""Pure rules: what follows on what, in which order one's day is, and what a remark must not hold."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from backend.core.refusals import FieldError, Invalid
from backend.core.words import Term
from backend.tasks.schemas import TaskRecord
from backend.tasks.tables import DeclineReason, TaskState, Urgency

OLDEST_ENTRY = timedelta(days=366)
NOT_DONE_SHOWN = timedelta(days=14)
"""For how long what ran out or was declined stays on one's list, to be entered as done."""

COMES_FROM = {
    TaskState.ACKNOWLEDGED: frozenset({TaskState.OPEN}),
    TaskState.DONE: frozenset({TaskState.OPEN, TaskState.ACKNOWLEDGED, TaskState.EXPIRED, TaskState.DECLINED}),
    TaskState.DECLINED: frozenset({TaskState.OPEN, TaskState.ACKNOWLEDGED, TaskState.EXPIRED}),
    TaskState.HANDED_OVER: frozenset({TaskState.OPEN, TaskState.ACKNOWLEDGED}),
}
"""From which states somebody brings his task into another. What he did counts even when it had run out."""

_RANK = {urgency: place for place, urgency in enumerate(Urgency)}
_FAR = float("inf")
_NUMBER = re.compile(r"\d{7,}")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-‐-―.]+(?=\d)")


def in_order(tasks: Iterable[TaskRecord]) -> list[TaskRecord]:
    """The most urgent first; then what is overdue, the longest first; then by due time; then the nearest."""

    def place(task: TaskRecord) -> tuple[int, bool, float, float, datetime]:
        due = task.due_at.timestamp() if task.due_at else _FAR
        return _RANK[task.urgency], not task.overdue, due, _metres(task), task.asked_at

    return sorted(tasks, key=place)


def _metres(task: TaskRecord) -> float:
    return _FAR if task.distance_m is None else task.distance_m


def checked_day(done_on: date | None, today: date) -> date:
    """The day it was done: today unless told. Raises Invalid (400) for days to come and for those a year ago."""
    day = done_on or today
    if not today - OLDEST_ENTRY <= day <= today:
        wrong = FieldError(
            pointer="/done_on",
            detail="{day} is not between {earliest} and today, {today}.",
            code="range",
            facts={"day": str(day), "earliest": str(today - OLDEST_ENTRY), "today": str(today)},
        )
        raise Invalid("Say on which day it was done.", errors=[wrong])
    return day


def checked_remark(remark: str | None, *, reason: DeclineReason | None = None) -> str | None:
    """The remark without blanks around. Raises Invalid (400) when `other` has none, or it holds a long number.

    >>> checked_remark(" 村口在修路，2026-11-22 通车 ")
    '村口在修路，2026-11-22 通车'
    """
    text = (remark or "").strip() or None
    if text is None and reason is DeclineReason.OTHER:
        wrong = FieldError(pointer="/remark", detail="Say in a few words why.", code="required")
        raise Invalid("The reason `other` needs a remark.", errors=[wrong])
    if text and _NUMBER.search(_BETWEEN_DIGITS.sub("", _DATE.sub("", text))):
        wrong = FieldError(pointer="/remark", detail="Leave out telephone and identity numbers.", code="personal")
        raise Invalid("A remark holds no numbers of people.", errors=[wrong])
    return text


STATES = {
    TaskState.OPEN: Term("task open"),
    TaskState.ACKNOWLEDGED: Term("task acknowledged"),
    TaskState.DONE: Term("task done"),
    TaskState.DECLINED: Term("task declined"),
    TaskState.HANDED_OVER: Term("task handed over"),
    TaskState.EXPIRED: Term("task expired"),
    TaskState.WITHDRAWN: Term("task withdrawn"),
}
"""For sentences."""
