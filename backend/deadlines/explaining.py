"""Why a clock is due when it is: the steps under the policy and calendar it was started with, and what moved it."""

from uuid import UUID

import msgspec

from backend.core.clock import local, now
from backend.deadlines import clock_history, expedite_queries
from backend.deadlines import clock_queries as queries
from backend.deadlines.clock_queries import Held
from backend.deadlines.limits import Step, Why
from backend.deadlines.preview import told
from backend.deadlines.reckoning import reckon, record
from backend.deadlines.refusals import ClockUnknown
from backend.deadlines.schemas import ClockEventRecord, DueExplained, NoticeRecord


async def why_due(*, clock_id: UUID) -> DueExplained:
    """The explanation of one clock; who may see it is for the subject's room to know. Raises ClockUnknown (404).

    Of a clock that stands still the steps are as if it ran on now.
    """
    clock = await queries.held(clock_id)
    if clock is None:
        raise ClockUnknown("There is no clock {id}.", id=clock_id)
    return await _explained(clock)


async def why_due_of(*, subject_room: str, subject_id: UUID) -> list[DueExplained]:
    """The explanations of all clocks of a subject."""
    return [await _explained(clock) for clock in await queries.of_subject(subject_room, subject_id)]


def _from_above(clock: Held) -> list[Step]:
    """Without a limit of our own only a deadline from above can be told."""
    upstream = clock.upstream_due_at
    return [Step(day=local(upstream).date(), why=Why.UPSTREAM, ended_at=upstream)] if upstream else []


async def _explained(clock: Held) -> DueExplained:
    found = await reckon(clock, still_until=now())
    steps = found.steps if found else _from_above(clock)
    events, notices = await clock_history.events(clock.id), await expedite_queries.notices(clock.id)
    return DueExplained(
        clock=record(clock),
        steps=told(steps),
        events=[msgspec.convert(dict(row), ClockEventRecord) for row in events],
        notices=[msgspec.convert(dict(row), NoticeRecord) for row in notices],
    )
