"""A warning that nobody takes goes on to the next, at the second it is due and once, however many workers look."""

import asyncio
from datetime import datetime
from uuid import UUID

import structlog

from backend.antifraud import assigning
from backend.antifraud import warning_queries as queries
from backend.antifraud.warning_queries import Row
from backend.antifraud.warning_words import HandedBecause, WarningState
from backend.core import clock
from backend.core.database import transaction
from backend.core.jobs import job, schedule
from backend.push import actions as push
from backend.push import notice_queries as notices
from backend.tasks import queries as task_queries
from backend.tasks.tables import TaskState

log = structlog.get_logger()


@job(assigning.ESCALATE, lane="antifraud", at_once=lambda: 32)
async def escalate(warning_id: UUID) -> None:
    """On to the next who never had it. Where there is nobody it stays, rings on, and a supervisor is rung.

    Comes a little before a hand's time is up and waits for that second, which costs next to nothing in a lane of its
    own. A warning that was taken meanwhile, or went on already, stays as it is.
    """
    warning = await queries.warning(warning_id)
    due_at = warning and warning["due_acknowledge_at"]
    if due_at is not None:
        await _until(due_at, at_most_s=2 * assigning.EARLY.total_seconds())
    await hand_on(warning_id=warning_id)


async def _until(moment: datetime, *, at_most_s: float) -> None:
    """Sleep until a moment. A timer may wake a breath before it, when it would be too early for good: look again."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + at_most_s
    while (left := (moment - clock.now()).total_seconds()) > 0 and loop.time() < ends:  # noqa: ASYNC110 - of the clock
        await asyncio.sleep(min(left, ends - loop.time()))


@schedule("antifraud/escalate-all", "* * * * *")
async def escalate_all() -> None:
    """What a dead worker left behind."""
    for warning_id in await queries.unheard(at=clock.now()):
        await hand_on(warning_id=warning_id)


@transaction
async def hand_on(*, warning_id: UUID) -> bool:
    """The same, inside one transaction that holds the row; whether it went on."""
    warning = await queries.warning(warning_id, lock=True)
    if warning is None or warning["state"] != WarningState.OPEN or warning["due_acknowledge_at"] is None:
        return False
    if warning["due_acknowledge_at"] > clock.now():
        return False
    if await _said_so_elsewhere(warning):
        return False
    if warning["assignee_id"] is None:
        return await assigning.assign(warning) is not None
    taker = await assigning.next_taker(warning)
    if taker is None:
        await queries.stop_clock(warning_id)
        await assigning.call_supervisor(warning)
        log.warning("nobody is left who could take a warning", warning_id=str(warning_id))
        return False
    await assigning.hand(warning, taker.person_id, because=HandedBecause.NOT_ACKNOWLEDGED)
    return True


async def _said_so_elsewhere(warning: Row) -> bool:
    """收到 on the list of the day, or 知道了 to what rang, is 收到: rooms below tell nobody, so both are read first."""
    assignee_id = warning["assignee_id"]
    if assignee_id is None:
        return False
    at = await notices.acknowledged_at(origin_room=assigning.ROOM, origin_id=warning["id"], person_id=assignee_id)
    standing = await task_queries.states_of(origin_room=assigning.ROOM, origin_ids=[warning["id"]])
    taken = (TaskState.ACKNOWLEDGED, TaskState.DONE)
    ticked = any(each.state in taken and each.assignee_id == assignee_id for each in standing[warning["id"]])
    if at is None and not ticked:
        return False
    await queries.acknowledge(warning["id"], by=assignee_id, at=at or clock.now())
    await push.call_off(origin_room=assigning.ROOM, origin_id=warning["id"])
    return True
