"""Having somebody rung: the row, the task, and the word to whoever does it, in the caller's transaction.

A missed call rings him at once, at any hour: he is on duty, or the line has a gap and a missed call may be a fire. All
other callbacks wait on his list of the day.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct

from backend.core import clock, creates, ids
from backend.core.database import fetch, fetch_row
from backend.core.words import Term
from backend.hotline.words import CallbackReason, Supervised
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import said
from backend.rosters.queries import next_on_duty, on_duty
from backend.rosters.units import supervisor_of
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

log = structlog.get_logger()

Row = Mapping[str, Any]

ROOM = "hotline"

TITLES = {
    CallbackReason.MISSED_CALL: Term("A call was missed: ring back now."),
    CallbackReason.RESOLUTION: Term("Ask whether it helped: ring whoever asked."),
    CallbackReason.PROMISE: Term("A callback was promised: ring as agreed."),
}


class NewCallback(Struct, frozen=True, kw_only=True):
    """Who is to be rung, and why.

    due_at        the first try
    promised_by   by when he was told that he is rung; the task's deadline, `due_at` unless told
    assignee_id   who does it; else whoever is on duty in the unit, comes next, or leads it
    case_id, round   which resolution is asked about
    """

    id: UUID
    reason: CallbackReason
    unit_id: UUID
    division_code: str
    due_at: datetime
    promised_by: datetime | None = None
    call_id: UUID | None = None
    case_id: UUID | None = None
    round: int = 0
    supervised: Supervised | None = None
    assignee_id: UUID | None = None
    told_at: datetime | None = None


async def open_callback(new: NewCallback) -> UUID | None:
    """Open it and ask somebody; None where this call, or this resolution, has its callback already."""
    assignee = new.assignee_id or next(iter(await who_rings(unit_id=new.unit_id)), None)
    made = await fetch_row(
        """
        INSERT INTO hotline_callback (id, reason, call, "case", round, unit, division_code, state, supervised, assignee,
                                      opened_at, due_at, tries_n, told_at, arguments_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, 0, $12, $13) ON CONFLICT DO NOTHING RETURNING id
        """,
        *(new.id, new.reason.value, new.call_id, new.case_id, new.round, new.unit_id, new.division_code),
        *(new.supervised and new.supervised.value, assignee, clock.now(), new.due_at, new.told_at),
        creates.digest([new.reason, new.call_id, new.case_id, new.round]),
    )
    if made is None:
        return None
    if assignee is None:
        log.error("nobody can ring back", callback_id=str(new.id))
        return new.id
    await ask(new, assignee)
    return new.id


async def ask(new: NewCallback, person_id: UUID, *, by: Actor | None = None, hand: int = 1) -> None:
    """A task for one person, and a word of it; of a missed call at any hour. `hand`: the how manieth who is asked."""
    urgent, title = new.reason is CallbackReason.MISSED_CALL, TITLES[new.reason]
    id = ids.from_key(new.id, "ring", str(hand))
    await tasks.ask_many(
        tasks=[
            NewTask(
                id=id,
                kind=TaskKind.CALL,
                title_zh=said("zh", title),
                title_en=said("en", title),
                assignee_id=person_id,
                urgency=Urgency.HIGH if urgent or new.supervised else Urgency.NORMAL,
                due_at=new.promised_by or new.due_at,
                division_code=new.division_code,
                origin_room=ROOM,
                origin_id=new.id,
                link=page_of(new.id),
                asked_by=by.person_id if by else None,
            )
        ]
    )
    await push.notify(
        to=person_id,
        text=push.text(title, public=True),
        category=Category.SERVICE,
        dedupe_key=f"{ROOM} {id}",
        link=page_of(new.id),
        origin_room=ROOM,
        origin_id=new.id,
        expires_at=None if urgent else new.due_at + timedelta(days=3),
        on_duty=urgent,
    )


async def hand(callback_id: UUID, *, to: UUID) -> None:
    """Somebody else does it from now on; whoever had it is asked no more. The caller asks the new one."""
    await let_go(callback_id, to=TaskState.WITHDRAWN)
    await fetch("UPDATE hotline_callback SET assignee = $2 WHERE id = $1", callback_id, to)


async def let_go(callback_id: UUID, *, to: TaskState, by: Actor | None = None) -> None:
    """Nothing rings about it any more, and nobody's task waits: done, or withdrawn."""
    await push.call_off(origin_room=ROOM, origin_id=callback_id)
    await tasks.settle(origin_room=ROOM, origin_id=callback_id, to=to, by=by)


async def who_rings(*, unit_id: UUID) -> Sequence[UUID]:
    """Who rings back for a unit, in the order in which they are asked.

    On duty now, the phone before the desk; whose shift comes next; who missed his; last the nearest supervisor.
    """
    now_there = await on_duty(unit_id=unit_id)
    coming = await next_on_duty(unit_id=unit_id)
    found = [
        *(each.person_id for each in now_there if each.state != "missed"),
        *([coming.person_id] if coming else []),
        *(each.person_id for each in now_there if each.state == "missed"),
        await supervisor_of(unit_id),
    ]
    return list(dict.fromkeys(each for each in found if each is not None))


def page_of(callback_id: UUID) -> str:
    """Where staff act on it."""
    return f"/console/desk/callbacks/{callback_id}"
