"""Puts the demo's hotline in: what was rung and written these days, who is rung back, and what lies on the desk.

Like all notices of the demo none of those it caused leave the house (`notices`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch_row, transaction
from backend.hotline.words import SystemKind
from backend.people.actors import Actor
from backend.push import outlets
from seed import cases, hotline_callbacks, hotline_calls, hotline_desk, hotline_plans
from seed.cast import Member
from seed.hotline_case_words import RUNG
from seed.hotline_systems import IDS, line_systems
from seed.hotline_words import Missed
from seed.households import NewHousehold
from seed.notices import WAYS

Cast = Mapping[Member, Actor]
STAYS_FRESH = timedelta(hours=2)
JUST_NOW = timedelta(minutes=2)
TEN_MINUTES_S = 600


class Waiting(NamedTuple):
    """A call that was missed just now, and whom it has somebody ring back."""

    call_id: UUID
    callback_id: UUID


async def is_there() -> bool:
    """Whether it is in: a demo that was planted before there was one gets it at its next start."""
    return await fetch_row("SELECT FROM hotline_shift_note WHERE id = $1", hotline_desk.NOTE) is not None


async def open_hotline(cast: Cast, households: list[NewHousehold], morning: datetime) -> None:
    """All of it. Told once: what is in stays as it became."""
    if await is_there():
        return
    day, houses = morning.date(), {household.code: household for household in households}
    with outlets.in_their_place(WAYS):
        systems = await line_systems("")
        await cases.tell(RUNG, cast, houses, day)
        await hotline_callbacks.ask_whether_it_helped(cast, day)
        missed = await hotline_calls.post_missed(houses, day, systems)
        await hotline_callbacks.ring_back(cast, day, missed)
        calls = await hotline_calls.post_calls(cast, houses, day, systems)
        await hotline_calls.post_texts(houses, day, systems)
        await hotline_desk.hand_on(cast, day, calls)
        await hotline_desk.to_the_leader(cast, day)
        await hotline_desk.on_paper(cast, houses, day)
        await hotline_plans.publish_all(cast, day)
        await hotline_plans.ask_around(cast, day)
        await hotline_desk.leave_a_note(cast, day)


@transaction
async def miss_anew() -> Waiting:
    """A call that nobody took, so that a visitor has somebody to ring back: one of these two hours, else a new one."""
    found = await fetch_row(
        "SELECT c.id, b.id AS callback_id FROM hotline_call c JOIN hotline_callback b ON b.call = c.id "
        "WHERE c.system = $1 AND c.reference LIKE 'demo missed just now %' AND b.state = 'open' AND b.tries_n = 0 "
        "AND c.received_at > $2 ORDER BY c.received_at DESC LIMIT 1",
        *(IDS[SystemKind.PHONE], clock.now() - STAYS_FRESH),
    )
    if found is not None:
        return Waiting(found["id"], found["callback_id"])
    began = clock.now() - JUST_NOW
    caller = f"154 0098 {int(began.timestamp()) // TEN_MINUTES_S % 10_000:04}"
    missed = Missed(f"just now {began:%Y%m%d%H%M%S}", (0, 0), caller)
    with outlets.in_their_place(WAYS):
        call_id = await hotline_calls.miss(missed, {}, began, await line_systems(""))
    return Waiting(call_id, await hotline_callbacks.callback_of_call(call_id))
