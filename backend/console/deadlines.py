"""/console/deadlines/preview: by when it would be due and why, looked at before anybody promises it."""

from datetime import date, datetime, timedelta
from typing import Annotated

from babel.dates import format_date, format_datetime
from litestar import Response, Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console.pages import page
from backend.core import clock, words
from backend.core.refusals import FieldError, Refusal
from backend.core.words import Term, say
from backend.deadlines.limits import ClockKind, Why
from backend.deadlines.policies import list_policies
from backend.deadlines.preview import preview_deadline
from backend.deadlines.schemas import DeadlinePolicyRecord, DeadlinePreview, StepRecord
from backend.people.actors import Actor
from backend.people.guards import SignedIn

MOST_WEEKS = 12
"""A longer one is told by its list alone."""

CLOCKS = {
    ClockKind.WALL_HOURS: Term("Hours, day and night"),
    ClockKind.CALENDAR_DAYS: Term("Days"),
    ClockKind.WORKING_DAYS: Term("Working days"),
    ClockKind.WORKING_MINUTES: Term("Staffed minutes"),
}
UNITS = {
    ClockKind.WALL_HOURS: Term("{n} hours"),
    ClockKind.CALENDAR_DAYS: Term("{n} days"),
    ClockKind.WORKING_DAYS: Term("{n} working days"),
    ClockKind.WORKING_MINUTES: Term("{n} staffed minutes"),
}
MARKS = {
    Why.OPENED: Term("came in"),
    Why.WEEKEND: Term("day off"),
    Why.HOLIDAY: Term("on holiday"),
    Why.MAKE_UP: Term("make-up"),
    Why.UNSTAFFED: Term("nobody there"),
}


class Asked(Struct, frozen=True):
    """What the form says, as it was typed."""

    policy: str = ""
    clock: str = ""
    amount: str = ""
    hours: str = ""
    opened_at: str = ""
    upstream_due_at: str = ""


class Cell(Struct, frozen=True):
    """A day of the strip: its number, what to write under it, and how it looks."""

    day: date
    mark: str
    tone: str


Text = Annotated[str, QueryParameter(max_length=400)]


@get("/deadlines/preview", include_in_schema=False)
async def show_preview(
    by: SignedIn,
    policy: Text = "",
    clock: Text = "",
    amount: Text = "",
    hours: Text = "",
    opened_at: Text = "",
    upstream_due_at: Text = "",
) -> Response[str]:
    """The form, and below it the answer. What cannot be read is said, with the form as it was filled in."""
    asked = Asked(policy, clock, amount, hours, opened_at, upstream_due_at)
    try:
        found = await _preview(asked) if policy or clock else None
        return await _page(by, asked, found)
    except Refusal as refusal:
        return await _page(by, asked, None, problem=_problem(refusal))
    except (ValueError, OverflowError):
        return await _page(by, asked, None, problem=say("Look at the number and the times again."))


async def _preview(asked: Asked) -> DeadlinePreview:
    return await preview_deadline(
        policy=asked.policy or None,
        clock=None if asked.policy else ClockKind(asked.clock),
        amount=int(asked.amount) if asked.amount else None,
        hours=asked.hours or None,
        opened_at=_moment(asked.opened_at),
        upstream_due_at=_moment(asked.upstream_due_at),
    )


def _moment(text: str) -> datetime | None:
    """What a browser's date field sends is a wall clock's time in Shandong."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI) if text else None


async def _page(by: Actor, asked: Asked, found: DeadlinePreview | None, problem: str | None = None) -> Response[str]:
    policies = [one for one in await list_policies() if one.kind == "response"]
    return page(
        "deadlines/preview.html",
        by=by,
        asked=asked,
        opened_at=asked.opened_at or clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        policies=[(one.code, f"{one.name} · {_limit(one)}") for one in sorted(policies, key=_shortest_first)],
        clocks=[(kind.value, say(name)) for kind, name in CLOCKS.items()],
        found=found,
        due=found and _spoken(found.due_at),
        expected=found and found.expected_at and _spoken(found.expected_at),
        weeks=_weeks(found) if found else [],
        day_names=_day_names(),
        day_of=_day_of,
        problem=problem,
    )


def _limit(policy: DeadlinePolicyRecord) -> str:
    if policy.clock is None:
        return ""
    hoped = f"{policy.expected_amount}–" if policy.expected_amount else ""
    return say(UNITS[policy.clock], n=f"{hoped}{policy.amount}")


def _shortest_first(policy: DeadlinePolicyRecord) -> tuple[int, int]:
    return list(ClockKind).index(policy.clock) if policy.clock else 9, policy.amount or 0


def _problem(refusal: Refusal) -> str:
    """The first thing that is wrong, in a sentence."""
    wrong = next(iter(refusal.errors), FieldError(pointer="", detail=refusal.detail, facts=refusal.facts))
    return say(wrong.detail or refusal.title, **wrong.facts)


def _weeks(found: DeadlinePreview) -> list[list[Cell | None]]:
    """The days from the opening to the deadline, a row a week from Monday on; None where a row has no day of them."""
    first, last = found.opened_at.date(), max(found.due_at.date(), *(step.day for step in found.steps))
    if (last - first).days > MOST_WEEKS * 7:
        return []
    steps = {step.day: step for step in reversed(found.steps) if step.why != Why.UPSTREAM}
    monday = first - timedelta(days=first.weekday())
    days = [monday + timedelta(days=n) for n in range((last - monday).days // 7 * 7 + 7)]
    cells = [_cell(day, steps.get(day), found) if first <= day <= last else None for day in days]
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _cell(day: date, step: StepRecord | None, found: DeadlinePreview) -> Cell:
    due = day == found.due_at.date()
    if step is None:  # a wall clock's days have no line each
        mark, tone = say("runs"), "counts"
    elif step.counted:
        mark = say(MARKS[Why.MAKE_UP]) if step.why == Why.MAKE_UP else _counted(step, found)
        tone = "counts"
    else:
        mark, tone = say(MARKS.get(Why(step.why), Term("day off"))), "rests"
    return Cell(day, say("due") if due else mark, f"{tone} due" if due else tone)


def _counted(step: StepRecord, found: DeadlinePreview) -> str:
    if found.clock is ClockKind.WALL_HOURS:
        return say("runs")
    return say("{n} min", n=step.count) if found.clock is ClockKind.WORKING_MINUTES else say("day {n}", n=step.total)


def _spoken(at: datetime) -> str:
    """A deadline as one says it on the telephone."""
    pattern = "y年M月d日 EEEE HH:mm" if words.language.get() == "zh" else "EEEE d MMMM y, HH:mm"
    return format_datetime(clock.local(at), pattern, locale=words.language.get())


def _day_of(day: date) -> str:
    pattern = "M月d日 EEE" if words.language.get() == "zh" else "EEE d MMM"
    return format_date(day, pattern, locale=words.language.get())


def _day_names() -> list[str]:
    monday = date(2026, 3, 2)
    return [format_date(monday + timedelta(days=n), "EEEEE", locale=words.language.get()) for n in range(7)]


router = Router(path="/console", route_handlers=[show_preview])
