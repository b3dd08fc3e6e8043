"""Words of tasks as people read them. A sign stands before each, so that colour is never the only thing that tells."""

from datetime import datetime, timedelta

from babel.dates import format_datetime

from backend.console import labels
from backend.core import clock
from backend.core.words import language, say
from backend.tasks.schemas import TaskRecord
from backend.tasks.tables import DeclineReason, TaskKind, TaskState, Urgency

_KINDS = {
    TaskKind.CALL: "Phone call",
    TaskKind.VISIT: "Home visit",
    TaskKind.CONFIRM_SHIFT: "Confirm a shift",
    TaskKind.COVER_SHIFT: "Stand in on duty",
    TaskKind.FORWARD_TEXT: "Post to a group",
    TaskKind.ACKNOWLEDGE: "Please confirm",
    TaskKind.RETEST: "Test again",
    TaskKind.EXPEDITE: "Make it go faster",
    TaskKind.OTHER: "Something else",
}

_URGENCIES = {
    Urgency.EMERGENCY: ("▲ Emergency", "bad"),
    Urgency.HIGH: ("◆ Urgent", "warn"),
    Urgency.NORMAL: None,
    Urgency.LOW: ("▽ Can wait", ""),
}

_STATES = {
    TaskState.OPEN: ("○ Not taken on yet", ""),
    TaskState.ACKNOWLEDGED: ("◐ Taken on", "good"),
    TaskState.DONE: ("✓ Done", "good"),
    TaskState.DECLINED: ("✕ Could not be done", "warn"),
    TaskState.HANDED_OVER: ("→ Handed over", ""),
    TaskState.EXPIRED: ("□ Time has run out", "warn"),
    TaskState.WITHDRAWN: ("– No longer needed", ""),
}

_REASONS = {
    DeclineReason.NOT_REACHED: "Nobody there, no answer",
    DeclineReason.NO_TIME: "No time today",
    DeclineReason.ON_LEAVE: "On leave or ill",
    DeclineReason.NO_WAY_THERE: "No way there, or not safe",
    DeclineReason.NOT_MINE: "Not my job",
    DeclineReason.NOT_NEEDED: "Not needed any more",
    DeclineReason.OTHER: "Another reason",
}


def kind(task: TaskRecord) -> str:
    """What is asked for."""
    return say(_KINDS[task.kind])


def urgency(task: TaskRecord) -> tuple[str, str] | None:
    """Sign and word with their tone; None for what is neither urgent nor late to be."""
    found = _URGENCIES[task.urgency]
    return found and (say(found[0]), found[1])


def state(task: TaskRecord) -> tuple[str, str]:
    """Sign and word with their tone."""
    label, tone = _STATES[task.state]
    return say(label), tone


def reasons() -> list[tuple[str, str]]:
    """Each reason's code and its words."""
    return [(reason.value, say(label)) for reason, label in _REASONS.items()]


def reason(task: TaskRecord) -> str:
    """Why it was declined; empty where it was not."""
    return say(_REASONS[task.close_reason]) if task.close_reason else ""


def title(task: TaskRecord) -> str:
    """In the reader's language; Chinese where the room that asked gave no English."""
    return labels.topic(task.title_zh, task.title_en or task.title_zh)


def detail(task: TaskRecord) -> str:
    """The same for what is written below."""
    return labels.topic(task.detail_zh, task.detail_en or task.detail_zh)


def moment(at: datetime) -> str:
    """A moment as one says it: today, tomorrow and yesterday by their names."""
    local = clock.local(at)
    time = f"{local:%H:%M}"
    days = (local.date() - clock.today()) // timedelta(days=1)
    if days in (-1, 0, 1):
        return say(("Yesterday {time}", "Today {time}", "Tomorrow {time}")[days + 1], time=time)
    return format_datetime(local, "M月d日 HH:mm" if language.get() == "zh" else "d MMM HH:mm", locale=language.get())
