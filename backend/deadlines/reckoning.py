"""A stored clock put to the rules, and shown."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from backend.core.clock import now
from backend.deadlines import calendar_queries
from backend.deadlines.clock_queries import Held
from backend.deadlines.limits import Suspension
from backend.deadlines.policies import limit_of
from backend.deadlines.rules import Deadline, deadline, light
from backend.deadlines.schemas import ClockRecord
from backend.deadlines.tables import ClockState


async def reckon(clock: Held, *, still_until: datetime | None = None) -> Deadline | None:
    """By when a clock is due under the policy and calendar it has. None where there is no limit.

    still_until   take the suspension that lasts as ended then; without it, as if it had not begun
    """
    limit = limit_of(clock)
    if limit is None:
        return None
    stops = clock.stops
    if still_until and clock.suspended_at:
        ended_at = max(still_until, clock.suspended_at)
        stops = [*stops, Suspension(clock.suspended_at, ended_at, clock.suspended_for or "other")]
    return deadline(
        limit,
        clock.opened_at,
        await calendar_queries.calendar(clock.calendar_version),
        suspensions=stops,
        upstream_due_at=clock.upstream_due_at,
        shares=clock.expedite_percents,
    )


def columns(found: Deadline | None, clock: Held, *, running: bool) -> dict[str, Any]:
    """What of a clock's row follows from its deadline; moments in UTC, as the database gives them back."""
    if found is None:
        unlimited = {"due_at": clock.upstream_due_at, "expected_at": None, "provisional": False}
        return unlimited | {"expedite_at": [], "next_expedite_at": None}
    marks = [mark.astimezone(UTC) for mark in found.marks]
    return {
        "due_at": found.due_at.astimezone(UTC),
        "expected_at": found.expected_at and found.expected_at.astimezone(UTC),
        "provisional": found.provisional,
        "expedite_at": marks,
        "next_expedite_at": next_mark(clock, marks) if running else None,
    }


def next_mark(clock: Held, marks: Any) -> datetime | None:
    """The first share for which no notice was made yet."""
    shares = zip(clock.expedite_percents, marks, strict=True)
    return min((mark for percent, mark in shares if percent > clock.expedited_percent), default=None)


def record(clock: Held) -> ClockRecord:
    """A clock as it is at this moment."""
    at, running = now(), clock.state is ClockState.RUNNING
    plain = msgspec.structs.asdict(clock)
    return ClockRecord(
        **{name: plain[name] for name in ClockRecord.__struct_fields__ if name in plain},
        unit_id=clock.unit,
        policy_id=clock.policy,
        light=light(at, due_at=clock.due_at, first_mark=min(clock.expedite_at, default=None), running=running),
        overdue=running and clock.due_at is not None and at > clock.due_at,
        in_time=None if clock.stopped_at is None or clock.due_at is None else clock.stopped_at <= clock.due_at,
    )
