"""Telling somebody something: what every room calls in one line of its own transaction.

await push.notify(to=person_id, text=push.text("A new task"), category=Category.SERVICE, dedupe_key=f"task {id}")
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.core import ids
from backend.core.arrivals import AT_ONCE
from backend.core.clock import now, today
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.people.actors import Actor
from backend.push import notice_queries as queries
from backend.push import planning, rules
from backend.push.moving import Move, move
from backend.push.policies import push_policy
from backend.push.provider import Category
from backend.push.refusals import LinkRefused, NoticeUnknown, PayloadTooLarge
from backend.push.schemas import RecipientRecord
from backend.push.states import DeliveryState, queue_of
from backend.push.wording import Text, has_link, text
from backend.tasks import actions as tasks
from backend.tasks import queries as task_queries
from backend.tasks.schemas import TaskStanding
from backend.tasks.tables import TaskKind, TaskState

__all__ = ["Category", "Text", "acknowledge_notice", "call_off", "check_words", "notify", "recipients", "text"]

LOOK = "push/look"


@transaction
async def notify(
    *,
    to: UUID | Iterable[UUID],
    text: Text,
    category: Category,
    dedupe_key: str,
    link: str | None = None,
    expires_at: datetime | None = None,
    origin_room: str | None = None,
    origin_id: UUID | None = None,
    acknowledge_within: timedelta | None = None,
    then: UUID | None = None,
    last_resort: UUID | None = None,
    no_links: bool = False,
    exercise: bool = False,
    on_duty: bool = False,
) -> UUID:
    """Tell persons or households something; the notice's id. Nothing goes out before the caller's transaction commits.

    dedupe_key          said once: the same key again is the same notice, whatever the words
    link                a path of ours that an app or the inbox opens
    acknowledge_within  somebody has to take it: the first who acknowledges it stops the rest; when nobody has by then,
                        `then` is rung as well, and after as long again `last_resort` gets a call task
    no_links            for warnings of fraud: no link in an SMS, and words that look like one are refused
    on_duty             whoever is told is on a shift now, and awake by duty: no quiet hours, no daily cap

    An emergency goes to every address at once, day and night, and rings persons until they acknowledge it. Others try
    one way after another, by day, at most three a day; what is held back goes out later.

    Raises PayloadTooLarge, LinkRefused (400).
    """
    check_words(text, link=link, no_links=no_links, exercise=exercise)
    subjects = [to] if isinstance(to, UUID) else list(to)
    id = ids.uuid7()
    made = await queries.insert(
        id=id,
        text=text,
        category=category,
        dedupe_key=dedupe_key,
        digest=b"",
        link=link,
        expires_at=expires_at,
        origin_room=origin_room,
        origin_id=origin_id,
        acknowledge_within=acknowledge_within,
        next_person=then,
        last_resort=last_resort,
        no_links=no_links,
        exercise=exercise,
    )
    if made is None:
        return await queries.id_of_key(dedupe_key)
    queue = queue_of(notice_id=id, category=category, campaign=False)
    planned = await planning.plan_for(made, subjects, queue=queue, on_duty=on_duty)
    await _look_later(made, nobody=planned.recipients == planned.unreachable)
    return id


async def _look_later(notice: queries.Row, *, nobody: bool) -> None:
    """Have an emergency looked after while it rings, and whatever has to be acknowledged when its time is up."""
    if nobody and notice["escalate_at"] is not None:
        await queries.escalate_now(notice["id"], at=now())
        await enqueue(LOOK, notice["id"])
        return
    if notice["category"] == Category.EMERGENCY:
        policy = push_policy(today())
        await enqueue(LOOK, notice["id"], after=policy.ways[Category.EMERGENCY][0].within)
    if notice["escalate_at"] is not None:
        await enqueue(LOOK, notice["id"], after=notice["escalate_at"] - now())


def check_words(given: Text, *, link: str | None, no_links: bool, exercise: bool) -> None:
    """Raises PayloadTooLarge, LinkRefused (400)."""
    limit = push_policy(today()).payload_bytes
    size = rules.payload_bytes(given, link=link, exercise=exercise)
    if size > limit:
        raise PayloadTooLarge(
            "The message has {bytes} bytes, and a phone's push takes {limit}. Shorten the words, or do not mark them "
            "public: the inbox shows them in full.",
            bytes=size,
            limit=limit,
        )
    if no_links and has_link(given):
        raise LinkRefused("This notice may have no link, and its words look like one. Take the address out.")


@transaction
async def acknowledge_notice(*, notice_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Seen and taken: ringing and further ways stop, tasks about it are settled. A second time changes nothing.

    Where somebody has to take it, one acknowledgement is enough for all. Raises NoticeUnknown (404).

    at   when, where that was offline; what rings goes by when it came
    """
    came_at = now()
    done_at = at if at and came_at - at >= AT_ONCE else None
    notice = await queries.acknowledge(notice_id, by=by.person_id, now=came_at, at=done_at)
    if notice is None:
        raise NoticeUnknown("There is no notice {id} for you.", id=notice_id)
    if notice["acknowledge_within_s"] is None:
        await _stop(notice_id, only=by.person_id, reason="acknowledged", at=came_at)
        return
    await _stop(notice_id, only=None, reason="acknowledged", at=came_at)
    await tasks.settle(origin_room=planning.ROOM, origin_id=notice_id, to=TaskState.DONE, by=by)


@transaction
async def stop_where_called(*, at: datetime) -> int:
    """Where the last resort has made the call, nothing rings any more: it counts as an acknowledgement; how many.

    Tasks lie below and tell nobody, so their rows are read before anything rings again.
    """
    waiting = await queries.waiting_for_a_call(at=at)
    standing = await task_queries.states_of(origin_room=planning.ROOM, origin_ids=list(waiting)) if waiting else {}
    made = {id: done for id, asked in standing.items() for done in asked if _is_made(done)}
    for notice_id, call in made.items():
        await queries.called(notice_id, by=call.assignee_id or waiting[notice_id], at=call.closed_at or at)
        await _stop(notice_id, only=None, reason="acknowledged", at=at)
    return len(made)


def _is_made(task: TaskStanding) -> bool:
    return task.kind is TaskKind.CALL and task.state is TaskState.DONE


@transaction
async def call_off(*, origin_room: str, origin_id: UUID) -> int:
    """Stop every notice about a record, because the room's own verb made them moot; how many notices they were.

    What has gone out stays in the inboxes; nothing rings any more, nothing further goes out.
    """
    found = await queries.of_origin(origin_room, origin_id)
    for notice_id in found:
        await _stop(notice_id, only=None, reason="called_off", at=now())
        await queries.stop_escalating(notice_id)
        await tasks.settle(origin_room=planning.ROOM, origin_id=notice_id, to=TaskState.WITHDRAWN)
    return len(found)


async def _stop(notice_id: UUID, *, only: UUID | None, reason: str, at: datetime) -> None:
    await queries.look_no_more(notice_id, only=only)
    waiting = await queries.waiting_of(notice_id, only=only)
    await move([Move(id=id, state=DeliveryState.DENIED, reason=reason) for id in waiting], at=at)


async def recipients(*, notice_id: UUID) -> list[RecipientRecord]:
    """How far a notice came with each subject, for the room that sent it."""
    return [msgspec.convert(dict(row), RecipientRecord) for row in await queries.recipients(notice_id)]
