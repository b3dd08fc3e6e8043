"""Two people of the demo county changed one note, each without knowing of the other: it waits to be decided."""

from datetime import datetime, time, timedelta

import msgspec

from backend.core import clock
from backend.core.database import fetch_row
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.sync.pushing import sync_push
from backend.visits.actions import record_visit
from backend.visits.amendments import amend_visit
from backend.visits.schemas import AmendVisit, NewVisit
from backend.visits.tables import Channel
from seed import made_id
from seed.cast import holder

VISIT = made_id("two changes/visit")
CONFLICT = made_id("two changes/command")
"""The one that demo.json names: a conflict has the id of the command that it comes from."""

NOTE = "看了冬灌，东头两畦没浇上。"
AT_THE_DESK = "看了冬灌，东头三畦没浇上，已告诉管水员。"
ON_THE_PHONE = "看了冬灌，东头两畦没浇上，水渠堵了，约周五清淤。"


async def is_there() -> bool:
    """Whether it happened: a demo of before gets it at its next start."""
    return await fetch_row("SELECT FROM sync_conflict WHERE id = $1", CONFLICT) is not None


async def happen() -> None:
    """Yesterday: a visit, what the cadre wrote without signal, what the supervisor wrote meanwhile, and the push."""
    if await is_there():
        return
    cadre, supervisor = [await actor(person_id=holder(role).id) for role in (Role.CADRE, Role.SUPERVISOR)]
    visited_at, captured_at, pushed_at = _yesterday(8, 20), _yesterday(10, 5), _yesterday(15, 40)
    with clock.stopped(visited_at + timedelta(minutes=5)):
        new = NewVisit(
            id=VISIT,
            channel=Channel.VISIT,
            occurred_at=visited_at,
            household_code="LLM-004",
            topics=["production"],
            note=NOTE,
        )
        await record_visit(new=new, by=cadre, door="seed")
    with clock.stopped(_yesterday(11, 30)):
        change = AmendVisit(reason="打电话问过户主", version=1, note=AT_THE_DESK)
        await amend_visit(visit_id=VISIT, change=change, by=supervisor)
    with clock.stopped(pushed_at):
        await sync_push(body=_batch(captured_at=captured_at), by=cadre)


def _yesterday(hour: int, minute: int) -> datetime:
    return datetime.combine(clock.today() - timedelta(days=1), time(hour, minute), clock.SHANGHAI)


def _batch(*, captured_at: datetime) -> bytes:
    """What the phone sends once it has signal: one field that somebody else changed too, and one that nobody did."""
    changes = {
        "note": {"from": NOTE, "to": ON_THE_PHONE},
        "place_note": {"from": None, "to": "东地水渠边"},
    }
    arguments = {"visit_id": VISIT, "reason": "回地头又看了一遍", "changes": changes}
    command = {"id": CONFLICT, "verb": "amendVisit", "captured_at": captured_at, "arguments": arguments}
    return msgspec.json.encode({"commands": [command], "sent_at": clock.now()})
