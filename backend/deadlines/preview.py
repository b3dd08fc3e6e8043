"""By when it would be due: an operator looks before he promises. Nothing is stored."""

from collections.abc import Iterable
from datetime import datetime

from backend.core.clock import local, now
from backend.core.refusals import FieldError, Invalid
from backend.deadlines import calendar_queries, policies, staffed_hours, wording
from backend.deadlines.limits import ClockKind, Limit, Step
from backend.deadlines.rules import deadline
from backend.deadlines.schemas import DeadlinePreview, StepRecord

MOST = {
    ClockKind.WALL_HOURS: 8_784,
    ClockKind.CALENDAR_DAYS: 366,
    ClockKind.WORKING_DAYS: 250,
    ClockKind.WORKING_MINUTES: 120_000,
}
"""About a year of each."""


async def preview_deadline(
    *,
    policy: str | None = None,
    kind: str = "response",
    clock: ClockKind | None = None,
    amount: int | None = None,
    hours: str | None = None,
    opened_at: datetime | None = None,
    upstream_due_at: datetime | None = None,
) -> DeadlinePreview:
    """By when something would be due that is opened at a moment (now): by a policy, or by a clock and an amount.

    hours   staffed hours for `working_minutes`, as `staffed_hours.parse` reads them

    Raises PolicyUnknown (404), HoursWrong, DeadlineTooFar, Invalid (400).
    """
    opened_at = opened_at or now()
    limit = await _of_policy(policy, kind, opened_at) if policy else _of_parameters(clock, amount, hours)
    calendar = await calendar_queries.calendar(await calendar_queries.current_version())
    found = deadline(limit, opened_at, calendar, upstream_due_at=upstream_due_at)
    return DeadlinePreview(
        clock=limit.clock,
        amount=limit.amount,
        opened_at=local(opened_at),
        due_at=local(found.due_at),
        expected_at=found.expected_at and local(found.expected_at),
        calendar_version=found.calendar_version,
        provisional=found.provisional,
        steps=told(found.steps),
    )


def told(steps: Iterable[Step]) -> list[StepRecord]:
    """The steps in the reader's language."""
    return [
        StepRecord(
            day=step.day,
            counted=step.counted,
            why=step.why,
            text=wording.step(step),
            count=step.count,
            total=step.total,
            provisional=step.provisional,
        )
        for step in steps
    ]


async def _of_policy(code: str, kind: str, opened_at: datetime) -> Limit:
    policy = await policies.in_force(code=code, kind=kind, on=local(opened_at).date())
    if policy.limit is None:
        raise _wrong("policy", "This policy has no limit; the time is only measured.")
    return policy.limit


def _of_parameters(clock: ClockKind | None, amount: int | None, hours: str | None) -> Limit:
    if clock is None:
        raise _wrong("clock", "Give a policy, or a clock with an amount.")
    if amount is None or not 1 <= amount <= MOST[clock]:
        raise _wrong("amount", "For this clock an amount from 1 to {most} is needed.", most=MOST[clock])
    if clock is not ClockKind.WORKING_MINUTES:
        return Limit(clock=clock, amount=amount)
    if not hours:
        raise _wrong("hours", "Staffed minutes need staffed hours, such as 08:30-11:30,13:30-17:30.")
    return Limit(clock=clock, amount=amount, hours=staffed_hours.parse(hours))


def _wrong(pointer: str, detail: str, **facts: int) -> Invalid:
    error = FieldError(pointer=pointer, detail=detail, facts=facts)
    return Invalid("The deadline cannot be reckoned like this.", errors=[error])
