"""Whom a conflict reaches: one person is asked, in his day and by a notice; its author hears how it was decided.

One record is one task, however many fields or conflicts wait of it, and the task is over when none does any more. No
notice says what anybody wrote, or who: the page does, to whoever may see it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from backend.core import clock
from backend.core.words import Term
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import said
from backend.sync import conflict_queries
from backend.sync.conflict_deciders import Decider, deciders, first_of, next_of
from backend.sync.conflict_policies import conflict_policy
from backend.sync.conflict_queries import Row
from backend.sync.conflict_words import TITLES
from backend.sync.words import ConflictKind, Keep
from backend.tasks import actions as tasks
from backend.tasks import queries as task_queries
from backend.tasks.schemas import NewTask, TaskStanding
from backend.tasks.tables import WAITING, TaskKind, TaskState

ROOM = "sync"
QUEUE = "/console/conflicts"

A_VISIT = Term("the visit of {day} ({place})")
A_CARD = Term("the household card {place}")
CHOOSE = Term("Two people changed {what}: choose what stays.")
UNDECIDED = Term("Two people changed {what}, and nobody has chosen yet what stays: please do.")
DECIDED = Term("What you changed on {day} in {what} was decided: {choices}.")
CHOICES = {Keep.RECORD: Term("{field} stays as the record has it"), Keep.PHONE: Term("{field} is as you wrote it")}


async def opened(conflict_id: UUID, *, writers: Collection[UUID]) -> None:
    """Ask somebody, unless somebody is asked about this record already. `writers`: of what stands there now."""
    row = await conflict_queries.one(conflict_id)
    if any(each.state in WAITING for each in await _asked(row)):
        return
    first = first_of(await deciders(row), author=row["author"], writers=writers)
    if first is not None:
        await _ask(row, first, CHOOSE, id=uuid5(conflict_id, "decide"))


async def undecided(conflict_id: UUID) -> None:
    """Say it to the next supervisor up; to the one who has it already only once more. Twice is harmless."""
    row = await conflict_queries.one(conflict_id)
    asked = await _asked(row)
    known = {each.assignee_id for each in asked if each.assignee_id}
    to = next_of(await deciders(row), author=row["author"], asked=known)
    if to is None:
        return
    id = uuid5(conflict_id, f"undecided {to.person_id}")
    if any(each.assignee_id == to.person_id and each.state in WAITING for each in asked):
        await _notify(row, to, UNDECIDED, id=id)
    else:
        await _ask(row, to, UNDECIDED, id=id)


async def over(row: Row, decision: Mapping[str, Keep], *, decided_by: UUID, by: Actor | None) -> None:
    """What was asked is done, or no longer needed where nobody had to decide (`by` is none); its author is told."""
    if not await conflict_queries.waits(row["record_id"]):
        to = TaskState.DONE if by else TaskState.WITHDRAWN
        await tasks.settle(origin_room=ROOM, origin_id=row["record_id"], to=to, by=by)
        await push.call_off(origin_room=ROOM, origin_id=row["record_id"])
    if row["author"] != decided_by:
        await _tell_author(row, decision)


async def _asked(row: Row) -> list[TaskStanding]:
    return (await task_queries.states_of(origin_room=ROOM, origin_ids=[row["record_id"]]))[row["record_id"]]


async def _ask(row: Row, to: Decider, message: str, *, id: UUID) -> None:
    task = NewTask(
        id=id,
        kind=TaskKind.OTHER,
        title_zh=said("zh", message, what=_what(row, "zh")),
        title_en=said("en", message, what=_what(row, "en")),
        assignee_id=None if to.household else to.person_id,
        household_id=to.household,
        due_at=clock.now() + conflict_policy(clock.today()).decide_within,
        division_code=row["place_code"],
        origin_room=ROOM,
        origin_id=row["record_id"],
        link=_link(row),
    )
    await tasks.ask_many(tasks=[task])
    await _notify(row, to, message, id=id)


async def _notify(row: Row, to: Decider, message: str, *, id: UUID) -> None:
    zh, en = (said(tongue, message, what=_what(row, tongue)) for tongue in ("zh", "en"))
    await push.notify(
        to=to.person_id,
        text=push.Text(zh=zh, en=en),
        category=Category.SERVICE,
        dedupe_key=f"{ROOM} {id}",
        link=_link(row),
        origin_room=ROOM,
        origin_id=row["record_id"],
    )


async def _tell_author(row: Row, decision: Mapping[str, Keep]) -> None:
    folder = "visits" if row["kind"] == ConflictKind.VISIT else "households"
    await push.notify(
        to=row["author"],
        text=push.Text(zh=_decided(row, decision, "zh"), en=_decided(row, decision, "en")),
        category=Category.SERVICE,
        dedupe_key=f"{ROOM} decided {row['id']}",
        link=f"/console/{folder}/{row['record_id']}",
        origin_room=ROOM,
        origin_id=row["id"],
    )


def _decided(row: Row, decision: Mapping[str, Keep], tongue: str) -> str:
    told = [said(tongue, CHOICES[keep], field=TITLES[name]) for name, keep in sorted(decision.items())]
    choices = ("；" if tongue == "zh" else "; ").join(told)
    return said(tongue, DECIDED, day=_day(row["captured_at"], tongue), what=_what(row, tongue), choices=choices)


def _what(row: Row, tongue: str) -> str:
    place = row["household_code"] or row["place_name"]
    if row["kind"] == ConflictKind.HOUSEHOLD:
        return said(tongue, A_CARD, place=place)
    return said(tongue, A_VISIT, place=place, day=_day(row["occurred_at"], tongue))


def _day(at: datetime, tongue: str) -> str:
    local = clock.local(at)
    return f"{local.month}月{local.day}日" if tongue == "zh" else f"{local.day} {local:%b}"


def _link(row: Row) -> str:
    """Where what waits of this record stands first; the whole queue is one tap from there."""
    return f"{QUEUE}?record={row['record_id']}"
