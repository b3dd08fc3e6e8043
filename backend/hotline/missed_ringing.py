"""A missed call that nobody takes rings the next one on duty, at any hour, until somebody has it or all were asked.

What the holder of a shift has not rung when it ends goes on to whoever is on duty then.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.core.jobs import enqueue, job, schedule
from backend.hotline import callback_opening
from backend.hotline.call_policies import spans
from backend.hotline.callback_opening import ROOM, NewCallback
from backend.hotline.words import CallbackReason
from backend.push import notice_queries as notices
from backend.rosters.queries import on_duty
from backend.tasks import queries as tasks
from backend.tasks.schemas import TaskStanding
from backend.tasks.tables import TaskState

log = structlog.get_logger()

RING_ON = "hotline/ring-on"
LOOK_AGAIN = timedelta(minutes=1)

_WAITING = """
SELECT b.id, b.unit AS unit_id, b.division_code, b.due_at, b.opened_at, b.call AS call_id, b.assignee, b.tries_n
FROM hotline_callback b WHERE b.id = $1 AND b.state = 'open' AND b.reason = 'missed_call' FOR UPDATE
"""
_LEFT = """
SELECT b.id FROM hotline_callback b WHERE b.state = 'open' AND b.reason = 'missed_call' AND b.tries_n = 0 AND EXISTS (
    SELECT FROM rosters_shift s WHERE s.unit = b.unit AND s.person = b.assignee
    AND s.starts_at > b.opened_at - interval '72 hours' AND s.starts_at <= $1
    AND least(s.ends_at, s.ended_at) > b.opened_at AND least(s.ends_at, s.ended_at) <= $1)
ORDER BY b.opened_at, b.id
"""
"""A shift has at most 72 hours."""


class Ringing(Struct, frozen=True):
    """Which callback, and how many had been asked when this was set."""

    callback_id: UUID
    asked_n: int


async def ring_on_later(callback_id: UUID) -> None:
    """Look in the policy's span whether somebody took it; after a minute where nobody could be asked."""
    asked = len((await tasks.states_of(origin_room=ROOM, origin_ids=[callback_id]))[callback_id])
    after = spans().acknowledge if asked else LOOK_AGAIN
    await enqueue(RING_ON, Ringing(callback_id, asked), after=after)


@job(RING_ON)
async def ring_on(asked: Ringing) -> None:
    """The time of whoever was rung last is up."""
    await ring_next(callback_id=asked.callback_id, asked_n=asked.asked_n)


@transaction
async def ring_next(*, callback_id: UUID, asked_n: int | None = None) -> UUID | None:
    """Ring the next who was not asked yet; who it is. Nobody where it is closed, tried, taken, or all were asked.

    asked_n   how many had been asked; where others were since, that is another's turn
    """
    waiting = await fetch_row(_WAITING, callback_id)
    if waiting is None or waiting["tries_n"] > 0:
        return None
    standing = (await tasks.states_of(origin_room=ROOM, origin_ids=[callback_id]))[callback_id]
    if asked_n not in (None, len(standing)):
        return None
    if any(each.state in (TaskState.ACKNOWLEDGED, TaskState.DONE) for each in standing) or await _heard(waiting):
        return None
    had = {each.assignee_id for each in standing}
    order = await callback_opening.who_rings(unit_id=waiting["unit_id"])
    following = next((each for each in order if each not in had), None)
    if following is None:
        log.warning("nobody is left who could ring back", callback_id=str(callback_id))
        if not standing:
            await ring_on_later(callback_id)
        return None
    await _hand(waiting, following, standing)
    return following


@schedule("hotline/shift-ends", "* * * * *")
async def hand_over_all() -> None:
    """Shifts begin and end at whole minutes, and so does this."""
    for row in await fetch(_LEFT, clock.now()):
        await hand_over(callback_id=row["id"])


@transaction
async def hand_over(*, callback_id: UUID) -> UUID | None:
    """On to the first on duty; who it is. It stays where nobody else is, or whoever has it is on duty himself."""
    waiting = await fetch_row(_WAITING, callback_id)
    if waiting is None or waiting["tries_n"] > 0:
        return None
    there = [each.person_id for each in await on_duty(unit_id=waiting["unit_id"]) if each.state != "missed"]
    if not there or waiting["assignee"] in there:
        return None
    standing = (await tasks.states_of(origin_room=ROOM, origin_ids=[callback_id]))[callback_id]
    await _hand(waiting, there[0], standing)
    return there[0]


async def _heard(waiting: callback_opening.Row) -> bool:
    """Whether whoever has it said on his phone that he knows of it."""
    if waiting["assignee"] is None:
        return False
    at = await notices.acknowledged_at(origin_room=ROOM, origin_id=waiting["id"], person_id=waiting["assignee"])
    return at is not None


async def _hand(waiting: callback_opening.Row, person_id: UUID, standing: Sequence[TaskStanding]) -> None:
    again = NewCallback(
        id=waiting["id"],
        reason=CallbackReason.MISSED_CALL,
        unit_id=waiting["unit_id"],
        division_code=waiting["division_code"],
        due_at=waiting["due_at"],
        promised_by=waiting["opened_at"] + spans(clock.local(waiting["opened_at"]).date()).ring_back,
        call_id=waiting["call_id"],
    )
    await callback_opening.hand(waiting["id"], to=person_id)
    await callback_opening.ask(again, person_id, hand=len(standing) + 1)
    await ring_on_later(waiting["id"])
