"""Giving a warning into somebody's hands: the row, the task, the ringing, and the clock by which he takes it."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from backend.antifraud import warning_queries as queries
from backend.antifraud.takers import Taker, in_order, supervisor_of, takers
from backend.antifraud.warning_policies import clocks
from backend.antifraud.warning_queries import Row
from backend.antifraud.warning_words import HandedBecause
from backend.antifraud.words import WarningLevel, WarningStep
from backend.core import clock, ids
from backend.core.jobs import enqueue
from backend.push import actions as push
from backend.push.actions import Category
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

log = structlog.get_logger()

ROOM = "antifraud"
ESCALATE = "antifraud/escalate"
LOOK_AGAIN = timedelta(minutes=1)
EARLY = timedelta(seconds=12)
"""A queue looks every ten seconds for jobs whose time has come; what has to happen at a second comes before it, and
waits."""
CALL_WITHIN = timedelta(minutes=5)

_TITLES = {
    WarningLevel.HIGH: ("高危预警：马上打电话，马上上门", "High warning: call and go at once"),
    WarningLevel.MEDIUM: ("中危预警：半小时内打电话", "Medium warning: call within half an hour"),
    WarningLevel.LOW: ("低危预警：今天提醒到本人", "Low warning: remind the person today"),
}
_DETAIL_ZH = "打开预警看要找谁。见了面先说自己的当日核验号，请对方到村公示栏上的网址核对，或者拨打 96110。"
_DETAIL_EN = "Open the warning to see whom. Say your code of the day first; it can be checked, also through 96110."
_NOBODY = push.Text(
    zh="有一条反诈预警没有人接。请马上打电话，找到能去的人。",
    en="Nobody has taken a fraud warning. Call somebody who can go.",
    title_zh="预警无人接收",
    title_en="Nobody took a warning",
    public=True,
)
_URGENCY = {
    WarningLevel.HIGH: Urgency.EMERGENCY,
    WarningLevel.MEDIUM: Urgency.HIGH,
    WarningLevel.LOW: Urgency.NORMAL,
}


def acknowledge_by(level: WarningLevel, *, since: datetime) -> datetime | None:
    """By when whoever has a warning takes it, else it goes on: its own step, else the call's; low ones go on to nobody.

    >>> from datetime import UTC
    >>> ten = datetime(2026, 11, 22, 10, tzinfo=UTC)
    >>> [f"{at:%H:%M}" if (at := acknowledge_by(each, since=ten)) else None for each in WarningLevel]
    ['10:05', '10:30', None]
    """
    due = clocks(level, received_at=since)
    return due.get(WarningStep.ACKNOWLEDGE) or due.get(WarningStep.CALL)


async def assign(warning: Row) -> UUID | None:
    """Give a warning to the first who may take it; a supervisor where nobody else is. Who has it now.

    Where nobody at all is found it is looked at again every minute.
    """
    at = clock.now()
    chosen = await takers(division_code=warning["division_code"], at=at)
    first = chosen[0] if chosen else await supervisor_of(division_code=warning["division_code"], at=at)
    if first is None:
        log.error("nobody can take a warning", warning_id=str(warning["id"]))
        await queries.hand_to(warning["id"], None, number=1, due_at=at + LOOK_AGAIN, because=HandedBecause.FIRST, at=at)
        return None
    await hand(warning, first, because=HandedBecause.FIRST)
    return first


async def next_taker(warning: Row) -> Taker | None:
    """Who may take it next and never had it."""
    had = {row["person_id"] for row in await queries.hands(warning["id"])}
    order = await in_order(division_code=warning["division_code"], at=clock.now())
    return next((each for each in order if each.person_id not in had), None)


async def hand(warning: Row, person_id: UUID, *, because: HandedBecause) -> None:
    """Into these hands, inside the caller's transaction that holds the row. The one before is asked no more."""
    at, level = clock.now(), WarningLevel(warning["level"])
    number = len(await queries.hands(warning["id"])) + 1
    due_at = acknowledge_by(level, since=at)
    await queries.hand_to(warning["id"], person_id, number=number, due_at=due_at, because=because, at=at)
    await let_go(warning["id"])
    await _ask(warning, person_id, number=number)
    title_zh, title_en = _TITLES[level]
    await _ring(
        warning,
        person_id,
        text=push.Text(zh=_DETAIL_ZH, en=_DETAIL_EN, title_zh=title_zh, title_en=title_en, public=True),
        key=str(number),
    )
    if due_at is not None:
        await enqueue(ESCALATE, warning["id"], after=max(due_at - at - EARLY, timedelta(0)))


async def call_supervisor(warning: Row) -> None:
    """Everybody was asked and nobody took it: ring the nearest supervisor; unheard, a call becomes his task."""
    supervisor = await supervisor_of(division_code=warning["division_code"], at=clock.now())
    if supervisor not in (None, warning["assignee_id"]):
        await _ring(warning, supervisor, text=_NOBODY, key="nobody", call_within=CALL_WITHIN)


async def let_go(warning_id: UUID, *, to: TaskState = TaskState.WITHDRAWN) -> None:
    """Nothing rings about it any more, and nobody's task waits."""
    await push.call_off(origin_room=ROOM, origin_id=warning_id)
    await tasks.settle(origin_room=ROOM, origin_id=warning_id, to=to)


def page_of(warning_id: UUID) -> str:
    """Where staff act on it."""
    return f"/console/warnings/{warning_id}"


async def _ask(warning: Row, person_id: UUID, *, number: int) -> None:
    level = WarningLevel(warning["level"])
    title_zh, title_en = _TITLES[level]
    drill_zh, drill_en = ("【演练】", "[Exercise] ") if warning["exercise"] else ("", "")
    await tasks.ask(
        task=NewTask(
            id=ids.from_key(warning["id"], "hand", str(number)),
            kind=TaskKind.OTHER if level is WarningLevel.LOW else TaskKind.CALL,
            title_zh=drill_zh + title_zh,
            title_en=drill_en + title_en,
            detail_zh=_DETAIL_ZH,
            detail_en=_DETAIL_EN,
            assignee_id=person_id,
            urgency=_URGENCY[level],
            due_at=warning["due_call_at"] or warning["due_text_at"],
            division_code=warning["division_code"],
            link=page_of(warning["id"]),
            origin_room=ROOM,
            origin_id=warning["id"],
        )
    )


async def _ring(
    warning: Row, person_id: UUID, *, text: push.Text, key: str, call_within: timedelta | None = None
) -> None:
    """A warning of a high or medium level rings at every address, day and night, until it is taken."""
    low = warning["level"] == WarningLevel.LOW
    await push.notify(
        to=person_id,
        text=text,
        category=Category.SERVICE if low else Category.EMERGENCY,
        dedupe_key=f"{ROOM} {warning['id']} {key}",
        link=page_of(warning["id"]),
        origin_room=ROOM,
        origin_id=warning["id"],
        acknowledge_within=call_within,
        last_resort=person_id if call_within else None,
        no_links=True,
        exercise=warning["exercise"],
    )
