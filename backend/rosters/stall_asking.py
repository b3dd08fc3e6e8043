"""The township is asked to confirm a stall some days before it is announced: a task for its supervisor."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.core.jobs import schedule
from backend.core.words import Term
from backend.rosters.telling import ROOM, Saying
from backend.rosters.units import supervisor_of
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind


class Asking(Struct, frozen=True, kw_only=True):
    """How long before a stall is announced its township is asked, and by when on that day it should have answered."""

    valid_from: date
    days_before_announcing: int
    answer_by: time
    source: str


ASKINGS = (
    Asking(
        valid_from=date(2017, 1, 1),
        days_before_announcing=7,
        answer_by=time(9),
        source="Our own choice: the sources ask for an announcement beforehand and name no span for asking.",
    ),
)
"""Dated; a county that wants other spans adds a line, nobody edits an old one."""
CONFIRM = Term("Please confirm, so that it can be announced: {place}, {span}.")


@schedule("rosters/stalls-to-confirm", "40 4 * * *")
async def ask_townships() -> None:
    """Once for each stall and day; nobody is asked of a station that has no supervisor above it."""
    chosen = asking(clock.today())
    rows = await fetch(
        """
        SELECT s.id, s."on", s.place, s.division_code, u.name AS place_name, r.opens_minute, r.closes_minute,
               r.announce_days_before
        FROM rosters_stall_day s JOIN rosters_stall_rule r ON r.id = s.rule
        JOIN people_unit u ON u.id = s.place AND u.closed_at IS NULL
        WHERE s.state = 'computed' AND s."on" >= $1 AND s."on" <= $1 + r.announce_days_before + $2::int
        ORDER BY s."on", s.id
        """,
        clock.today(),
        chosen.days_before_announcing,
    )
    for row in rows:
        await _ask(row, chosen)


def asking(on: date) -> Asking:
    """The one in force on a day."""
    return max((each for each in ASKINGS if each.valid_from <= on), key=lambda each: each.valid_from)


@transaction
async def _ask(row: asyncpg.Record, chosen: Asking) -> None:
    supervisor = await supervisor_of(row["place"])
    if supervisor is None:
        return
    begins, ends = span_of(row)
    saying = Saying(CONFIRM, place=row["place_name"], span=(begins, ends))
    origin_id = _origin(row["id"], row["on"])
    await tasks.ask(
        task=NewTask(
            id=ids.from_key(origin_id, TaskKind.OTHER, str(supervisor)),
            kind=TaskKind.OTHER,
            title_zh=saying.told("zh"),
            title_en=saying.told("en"),
            assignee_id=supervisor,
            due_at=_due(row, chosen),
            expires_at=ends,
            division_code=row["division_code"],
            origin_room=ROOM,
            origin_id=origin_id,
        )
    )


def _due(row: asyncpg.Record, chosen: Asking) -> datetime:
    """The morning of the day it is announced on, or now where that has gone by."""
    day = row["on"] - timedelta(days=row["announce_days_before"])
    return max(datetime.combine(day, chosen.answer_by, clock.SHANGHAI), clock.now())


async def settle_asked(stall_id: UUID, on: date) -> None:
    """The township has spoken; the task is done."""
    await tasks.settle(origin_room=ROOM, origin_id=_origin(stall_id, on))


def _origin(stall_id: UUID, on: date) -> UUID:
    """What a task is about: this stall on this day. On another day it is asked anew."""
    return ids.from_key(stall_id, "confirm", on.isoformat())


def span_of(row: asyncpg.Record) -> tuple[datetime, datetime]:
    """From when to when, out of a row with `on`, `opens_minute` and `closes_minute`."""
    midnight = datetime.combine(row["on"], time(), clock.SHANGHAI)
    return midnight + timedelta(minutes=row["opens_minute"]), midnight + timedelta(minutes=row["closes_minute"])
