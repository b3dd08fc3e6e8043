"""Whom an outbreak is told to: the county's experts and stations by notice, the chief expert by a task to look."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from backend.cases.people import supervisor_of
from backend.core import clock
from backend.diagnosis import outbreak_queries as queries
from backend.diagnosis.outbreak_queries import Row
from backend.push import actions as push
from backend.push.wording import Text, said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "diagnosis"
LINK = "/console/outbreaks"
COUNTY_DIGITS = 6
LOOK_WITHIN = timedelta(days=1)
"""Our own choice: an outbreak that nobody looked at for a day is a day larger."""

RISING = (
    "Around {area}, {what} is on the rise: {households} households within {days} days, far more than before. When "
    "requests come from there, look for it first. Tell growers nearby to walk their fields, and to spray nothing "
    "before an expert has seen it."
)
TAKEN_BACK = "Around {area}, the warning of {what} is taken back: diagnoses were corrected, and too few are left."


async def tell(outbreak: Row, area: str, *, studio_id: UUID | None) -> UUID:
    """Tell it, in the caller's transaction; the notice's id. The words name no person and no village."""
    facts = {"area": area, "households": outbreak["households_n"], "days": outbreak["window_days"]}
    notice = await push.notify(
        to=await queries.warned(outbreak["division_code"][:COUNTY_DIGITS], clock.today()),
        text=await _text(RISING, outbreak, **facts),
        category=push.Category.SERVICE,
        dedupe_key=f"outbreak {outbreak['id']}",
        link=LINK,
        origin_room=ROOM,
        origin_id=outbreak["id"],
    )
    await _ask_to_look(outbreak, studio_id)
    return notice


async def take_back(outbreak: Row, *, at: datetime) -> None:
    """Say that it was none after all."""
    await settle(outbreak["id"])
    division = await queries.division_of(outbreak["division_code"], clock.local(at).date())
    await push.notify(
        to=await queries.warned(outbreak["division_code"][:COUNTY_DIGITS], clock.today()),
        text=await _text(TAKEN_BACK, outbreak, area=division["name"] if division else ""),
        category=push.Category.SERVICE,
        dedupe_key=f"outbreak {outbreak['id']} taken back",
        link=LINK,
        origin_room=ROOM,
        origin_id=outbreak["id"],
    )


async def settle(outbreak_id: UUID) -> None:
    """Nobody need go and look any more."""
    await tasks.settle(origin_room=ROOM, origin_id=outbreak_id, to=TaskState.WITHDRAWN)


async def _ask_to_look(outbreak: Row, studio_id: UUID | None) -> None:
    chief = await queries.chief_of(studio_id, clock.today()) if studio_id else None
    whom = chief or await supervisor_of(outbreak["division_code"])
    if whom is None:
        return
    zh, en = await _what(outbreak)
    task = NewTask(
        id=uuid5(outbreak["id"], "look"),
        kind=TaskKind.OTHER,
        title_zh=f"到地里核实：{zh}近期明显增多",
        title_en=f"Go and look: {en} is on the rise",
        assignee_id=whom,
        urgency=Urgency.HIGH,
        due_at=outbreak["raised_at"] + LOOK_WITHIN,
        division_code=outbreak["division_code"],
        longitude=outbreak["longitude"],
        latitude=outbreak["latitude"],
        origin_room=ROOM,
        origin_id=outbreak["id"],
        link=LINK,
    )
    await tasks.ask(task=task)


async def _text(msgid: str, outbreak: Row, **facts: Any) -> Text:
    """In both languages, with what it is called in each. Public: it may lie on a locked screen."""
    zh, en = await _what(outbreak)
    return Text(zh=said("zh", msgid, what=zh, **facts), en=said("en", msgid, what=en, **facts), public=True)


async def _what(outbreak: Row) -> tuple[str, str]:
    """What it is called, in Chinese and English: 玉米大斑病 says its crop already, 蚜虫 does not."""
    found = await queries.names(outbreak["condition"], outbreak["crop"])
    if found is None:
        raise LookupError("an outbreak of what nobody knows")
    crop, condition = found["crop_zh"], found["condition_zh"]
    zh = condition if crop in condition else f"{crop}{condition}"
    return zh, f"{found['condition_en']} ({found['crop_en']})"
