"""When nothing happens: the next way, ringing again, the next person, the last resort; and campaigns that are done.

A look is queued for when an emergency's time is up; besides, every minute all that is due is looked at, so that what a
dead worker or a closed provider left behind is taken up.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog

from backend.core import clock
from backend.core.database import transaction
from backend.core.jobs import enqueue, job, schedule
from backend.push import dispatch, dispatch_queries, outlets, planning
from backend.push import escalation_queries as queries
from backend.push.actions import LOOK, stop_where_called
from backend.push.policies import push_policy
from backend.push.provider import Category
from backend.push.states import EMERGENCY_QUEUE, queue_of
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency

log = structlog.get_logger()


@job(LOOK, lane="push-emergency", at_once=lambda: 4)
async def look(notice_id: UUID) -> None:
    """Look after whatever emergency is due, and come again when the next one is."""
    next_at = await look_after_emergencies()
    if next_at is not None:
        await enqueue(LOOK, notice_id, after=max(next_at - clock.now(), timedelta(0)), dedupe=f"push {LOOK} {next_at}")


@schedule("push/every-minute", "* * * * *")
async def every_minute() -> None:
    """All that is due."""
    await look_after_emergencies()
    for category in (Category.SERVICE, Category.INFO):
        while await _next_ways(category) == queries.AT_ONCE:
            pass
    await _take_up()
    for notice_id in await queries.running():
        if not await dispatch_queries.waiting(notice_id):
            await queries.finish(notice_id, at=clock.now())


async def look_after_emergencies() -> datetime | None:
    """Ring again, ask the next person; when to look again, if anybody was rung."""
    await stop_where_called(at=clock.now())
    await escalate()
    soonest = None
    while True:
        looked, next_at = await _ring()
        soonest = min(filter(None, (soonest, next_at)), default=None)
        if looked < queries.AT_ONCE:
            return soonest


@transaction
async def _ring() -> tuple[int, datetime | None]:
    at, policy = clock.now(), push_policy(clock.today())
    fresh_since = at - timedelta(days=policy.token_days)
    looked, woken, next_at = await queries.ring(policy.rings, outlets.serving(), at=at, fresh_since=fresh_since)
    for queue in woken:
        await dispatch.wake(queue, urgent=True)
    return looked, next_at


@transaction
async def _next_ways(category: Category) -> int:
    notice = {"category": category, "not_before": None}
    looked, turns = await queries.next_way(category, planning.ways(notice), planning.timing(notice))
    for queue, provider in turns:
        await dispatch.wake(queue, provider=provider, urgent=False)
    return looked


async def _take_up() -> None:
    """What is due and has no job any more; campaigns that nobody planned."""
    names = [provider.name for provider in outlets.in_use()]
    for queue, provider, urgent in await dispatch_queries.due_turns(names, at=clock.now()):
        await dispatch.wake(queue, provider=provider, urgent=urgent)
    for notice in await queries.overdue(at=clock.now()):
        await planning.plan_later(notice)


@transaction
async def escalate() -> None:
    """Notices that nobody has taken in time: ring the next person too, then ask the last resort to call."""
    for notice in await queries.unacknowledged(at=clock.now()):
        if notice["step"] == 0 and notice["next_person"] is not None:
            await _ask_next_person(notice)
        else:
            await _ask_last_resort(notice)


async def _ask_next_person(notice: queries.Row) -> None:
    queue = queue_of(
        notice_id=notice["id"],
        category=Category(notice["category"]),
        campaign=notice["campaign_state"] is not None,
    )
    planned = await planning.plan_for(notice, [notice["next_person"]], queue=queue)
    within = timedelta(seconds=notice["acknowledge_within_s"]) if planned.deliveries else timedelta(0)
    await queries.escalated(notice["id"], step=1, again_at=clock.now() + within)
    await enqueue(LOOK, notice["id"], after=within)
    if queue == EMERGENCY_QUEUE:
        await enqueue(LOOK, notice["id"], after=timedelta(minutes=1))


async def _ask_last_resort(notice: queries.Row) -> None:
    if notice["last_resort"] is not None:
        await tasks.ask(task=_call_task(notice))
    await queries.escalated(notice["id"], step=2, again_at=None)
    log.warning("nobody acknowledged a notice in time", notice_id=str(notice["id"]))


def _call_task(notice: queries.Row) -> NewTask:
    return NewTask(
        id=uuid5(notice["id"], "last resort"),
        kind=TaskKind.CALL,
        title_zh="没有人回应，请马上打电话",
        title_en="Nobody answered: please call now",
        detail_zh=f"“{notice['title_zh']}”发出后，没有人确认收到。请直接打电话找到负责的人。",
        detail_en=f"Nobody acknowledged “{notice['title_en']}”. Call whoever is responsible.",
        assignee_id=notice["last_resort"],
        urgency=Urgency.EMERGENCY,
        origin_room=planning.ROOM,
        origin_id=notice["id"],
        link=notice["link"] if (notice["link"] or "").startswith("/console/") else None,
    )
