"""Expedite notices (催办): found by a sweep each minute, sent to whoever is on duty, sent on until acknowledged.

sweep   one statement over what is due: it takes clocks that nobody else is taking (SKIP LOCKED), writes their notices
        (ON CONFLICT DO NOTHING over clock, round and share) and sets the next share. However many nodes sweep, and
        whenever they do after a night of downtime, each share fires once. Of several shares that were reached
        meanwhile the highest is sent and written beside it which lower ones it overtook: nobody is told three times.
move    each notice goes to the next rung of its ladder: first to the unit's duty person, at whatever hour if his shift
        runs, and when nobody acknowledged the task in the rung's time, further up. Rungs without anybody are passed.
hush    a clock that stood still, was stopped or went to another unit withdraws what it asked for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from backend.core.clock import now
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.deadlines import expedite_queries as queries
from backend.deadlines import telling
from backend.deadlines.expedite_queries import Notice
from backend.deadlines.ladders import Rung, Rungs, rungs_on
from backend.push import actions as push
from backend.rosters.duty_schemas import ToRing
from backend.tasks import actions as tasks
from backend.tasks import queries as tasks_queries
from backend.tasks.schemas import TaskStanding
from backend.tasks.tables import TaskState

log = structlog.get_logger()

ROOM = telling.ROOM
SWEEP_BATCH = 5_000
MOVE_BATCH = 100
LOOK_AGAIN_AFTER = timedelta(minutes=10)
"""When nobody at all could be asked."""

_SEEN = frozenset({TaskState.ACKNOWLEDGED, TaskState.DONE})


@schedule("deadlines/expedite", "* * * * *")
async def expedite() -> None:
    """Find what is due, then send what waits and send on what nobody acknowledged."""
    await sweep()
    while await move_some():
        pass


async def sweep() -> int:
    """Fire every share that is due, each once; how many notices will be sent."""
    fired = 0
    while True:
        found = await queries.fire(at=now(), limit=SWEEP_BATCH)
        fired += found.fired
        if found.clocks < SWEEP_BATCH:
            return fired


@transaction
async def move_some() -> int:
    """Send a batch of notices to the next rung of their ladders; how many were looked at."""
    at = now()
    notices = await queries.take(at=at, limit=MOVE_BATCH)
    if not notices:
        return 0
    standing = await tasks_queries.states_of(origin_room=ROOM, origin_ids=[notice.id for notice in notices])
    rungs = await rungs_on(at)
    for notice in notices:
        if _acknowledged(standing[notice.id]):
            await queries.acknowledged(notice.id, at=at)
        else:
            await _send_on(notice, standing[notice.id], rungs, at)
    return len(notices)


def _acknowledged(asked: Sequence[TaskStanding]) -> bool:
    """Whether whoever has one of its tasks took it on; one that was handed over counts with its successor."""
    return any(task.state in _SEEN for task in asked)


async def _send_on(notice: Notice, asked: Sequence[TaskStanding], rungs: Rungs, at: datetime) -> None:
    """To the next rung on which there is somebody who was not asked before."""
    before = {task.assignee_id for task in asked}
    for rung in rungs.above(notice.ladder, notice.level):
        asked_next = await rungs.person(rung, unit_id=notice.unit, division_code=notice.division_code)
        if asked_next is not None and asked_next.person_id not in before:
            return await _send(notice, rung, asked_next, at)
    if not asked:
        log.warning("nobody to send an expedite notice to", notice=str(notice.id), ladder=notice.ladder)
    await queries.rest(notice.id, next_move_at=None if asked else at + LOOK_AGAIN_AFTER)
    return None


async def _send(notice: Notice, rung: Rung, to: ToRing, at: datetime) -> None:
    acknowledge_by = at + timedelta(minutes=rung.acknowledge_within_min)
    task_id = telling.task_id(notice, rung.level)
    await queries.sent(notice, rung, person_id=to.person_id, task_id=task_id, at=at, acknowledge_by=acknowledge_by)
    await telling.tell(notice, level=rung.level, to=to, task_id=task_id)


async def hush(clock_ids: Sequence[UUID]) -> None:
    """Withdraw what clocks still ask people for."""
    for notice_id in await queries.settle(clock_ids):
        await tasks.settle(origin_room=ROOM, origin_id=notice_id, to=TaskState.WITHDRAWN)
        await push.call_off(origin_room=ROOM, origin_id=notice_id)
