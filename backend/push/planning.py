"""From a notice to recipients and what is on its way to them: now for those named, in a job for an audience."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.core.jobs import enqueue, job
from backend.push import dispatch, group_queries, outlets, rules, topic_queries
from backend.push import planning_queries as queries
from backend.push.planning_queries import Planned, Row, Timing, Ways
from backend.push.policies import push_policy
from backend.push.provider import AddressKind, Category
from backend.push.rules import Moment
from backend.push.schemas import Audience
from backend.push.states import CampaignState, queue_of
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency

PLAN, PLAN_EMERGENCY = "push/plan", "push/plan-emergency"
ROOM = "push"
POSTED_WITHIN = timedelta(hours=24)


class ToPlan(Struct, frozen=True):
    """Which campaign."""

    notice_id: UUID


async def plan_for(notice: Row, subjects: Sequence[UUID], *, queue: UUID, on_duty: bool = False) -> Planned:
    """Write what goes to subjects named one by one, inside the caller's transaction, and wake who sends it."""
    when = timing(notice, on_duty=on_duty)
    planned = await queries.plan_named(notice, queue, ways(notice), when, subjects=subjects)
    await _wake(notice, queue, planned.providers, when)
    return planned


async def plan_later(notice: Row) -> None:
    """Queue the planning of a campaign for when it begins."""
    wait = (notice["not_before"] - clock.now()) if notice["not_before"] else None
    urgent = notice["category"] == Category.EMERGENCY
    await enqueue(
        PLAN_EMERGENCY if urgent else PLAN,
        ToPlan(notice["id"]),
        after=max(wait, timedelta(0)) if wait else None,
        dedupe=f"push plan {notice['id']}",
    )


@job(PLAN_EMERGENCY, lane="push-emergency", at_once=lambda: 4)
async def plan_emergency(asked: ToPlan) -> None:
    """An emergency's audience."""
    await plan(asked.notice_id)


@job(PLAN, lane="push", at_once=lambda: 4)
async def plan_campaign(asked: ToPlan) -> None:
    """Any other's."""
    await plan(asked.notice_id)


@transaction
async def plan(notice_id: UUID) -> None:
    """Resolve a campaign's audience, once: recipients, deliveries, forward tasks."""
    notice = await fetch_row(
        "SELECT * FROM push_notice WHERE id = $1 AND planned_at IS NULL "
        "AND campaign_state IN ('scheduled', 'running', 'paused') FOR UPDATE",
        notice_id,
    )
    if notice is None:
        return
    audience = msgspec.json.decode(notice["audience"], type=Audience)
    queue = queue_of(notice_id=notice_id, category=Category(notice["category"]), campaign=True)
    planned = await _resolve(notice, queue, audience)
    await _topics(notice, queue, audience)
    if audience.groups:
        await forward(notice, audience.prefixes)
    await fetch(
        "UPDATE push_notice SET planned_at = $2, "
        "campaign_state = CASE WHEN campaign_state = $3 THEN $4 ELSE campaign_state END WHERE id = $1",
        notice_id,
        clock.now(),
        CampaignState.SCHEDULED,
        CampaignState.RUNNING,
    )
    topic_provider = [outlets.serving()[AddressKind.FCM_TOPIC]] if _by_topic(audience) else []
    await _wake(notice, queue, {*planned.providers, *topic_provider}, timing(notice))


async def _resolve(notice: Row, queue: UUID, audience: Audience) -> Planned:
    return await queries.plan_audience(
        notice,
        queue,
        ways(notice, by_topic=_by_topic(audience)),
        timing(notice),
        prefixes=audience.prefixes,
        roles=[role.value for role in audience.roles],
        citizens=audience.citizens,
        interests=audience.interests,
    )


def _by_topic(audience: Audience) -> bool:
    """Whether one call per place and role reaches the phones: staff only, and somebody keeps topics."""
    return audience.by_topic and bool(audience.roles) and AddressKind.FCM_TOPIC in outlets.serving()


async def _topics(notice: Row, queue: UUID, audience: Audience) -> None:
    if not _by_topic(audience):
        return
    names = [
        topic
        for prefix in audience.prefixes
        for topic in rules.topics_for(prefix=prefix, roles=tuple(role.value for role in audience.roles))
    ]
    await topic_queries.add_topics(notice, queue, outlets.serving()[AddressKind.FCM_TOPIC], names, timing(notice))


async def forward(notice: Row, prefixes: Sequence[str]) -> int:
    """Ask the owners of the groups there to post the text; how many they are."""
    groups = await group_queries.groups_under(prefixes)
    due_at = clock.now() + (timedelta(hours=1) if notice["category"] == Category.EMERGENCY else POSTED_WITHIN)
    asked = [_forward_task(notice, group) for group in groups]
    await tasks.ask_many(tasks=[msgspec.structs.replace(task, due_at=due_at) for task in asked])
    return await group_queries.add_groups(notice, [group["id"] for group in groups], clock.now())


def _forward_task(notice: Row, group: Row) -> NewTask:
    return NewTask(
        id=uuid5(notice["id"], f"forward to {group['id']}"),
        kind=TaskKind.FORWARD_TEXT,
        title_zh=f"请把这段话发到“{group['name']}”群",
        title_en=f"Post this text to the group {group['name']}",
        detail_zh=f"{notice['title_zh']}\n{notice['text_zh']}",
        detail_en=f"{notice['title_en']}\n{notice['text_en'] or notice['text_zh']}",
        assignee_id=group["owner"],
        urgency=Urgency.EMERGENCY if notice["category"] == Category.EMERGENCY else Urgency.NORMAL,
        expires_at=notice["expires_at"],
        division_code=group["division_code"],
        origin_room=ROOM,
        origin_id=notice["id"],
        asked_by=notice["made_by"],
        headcount=group["headcount"],
    )


def ways(notice: Row, *, by_topic: bool = False) -> Ways:
    """The ways of a notice's category that somebody serves now."""
    category, policy = Category(notice["category"]), push_policy(clock.today())
    found = rules.ways_of(category, policy, outlets.serving())
    topical = {AddressKind.FCM_TOKEN, AddressKind.FCM_FID} if by_topic else set()
    return Ways(
        kinds=[kind for kind, _, _ in found],
        numbers=[number for _, number, _ in found],
        providers=[provider for _, _, provider in found],
        within=[policy.ways[category][number].within for _, number, _ in found],
        topical=[AddressKind(kind) in topical for kind, _, _ in found],
    )


def timing(notice: Row, *, on_duty: bool = False) -> Timing:
    """When a notice may go out, as things stand; to people on duty at once, and it counts against no day."""
    at, policy = clock.now(), push_policy(clock.today())
    wished = max(at, notice["not_before"] or at)
    first = Moment(wished, None) if on_duty else rules.earliest(wished, Category(notice["category"]), policy)
    return Timing(
        at=at,
        first_at=first.at,
        first_day=first.day,
        morning=policy.quiet_to,
        daily_cap=policy.daily_cap,
        fresh_since=at - timedelta(days=policy.token_days),
    )


async def _wake(notice: Row, queue: UUID, providers: Sequence[str] | set[str], when: Timing) -> None:
    """For what waits until the morning the minute's round comes soon enough."""
    urgent = notice["category"] == Category.EMERGENCY
    if when.first_at > when.at + timedelta(minutes=1):
        return
    if urgent or notice["campaign_state"] is None:
        if providers:
            await dispatch.wake(queue, urgent=urgent)
        return
    for provider in sorted(providers):
        await dispatch.wake(queue, provider=provider, urgent=False)
