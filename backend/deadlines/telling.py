"""What an expedite notice says: a task and a push, in both languages, with the matter's number and no name."""

from uuid import UUID, uuid5

from backend.core.words import Term
from backend.deadlines.expedite_queries import Notice
from backend.deadlines.limits import ClockKind
from backend.push import actions as push
from backend.push.provider import Category
from backend.rosters.duty_schemas import ToRing
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency

ROOM = "deadlines"

BEFORE = Term("Expedite no. {number}: {percent}% of the time for {label} is over; due {due}.")
AT_THE_END = Term("Expedite no. {number}: {label} was due {due}.")


def task_id(notice: Notice, level: int) -> UUID:
    """The same at every try, so that a repeat asks nobody twice."""
    return uuid5(notice.id, f"level {level}")


async def tell(notice: Notice, *, level: int, to: ToRing, task_id: UUID) -> None:
    """Ask one person to acknowledge, inside the caller's transaction.

    Hours run through the night, so their notices ring. Those of days are told at once to whoever is on duty; others
    find them in the morning, and in "my day" at once.
    """
    told = push.text(
        AT_THE_END if notice.percent >= 100 else BEFORE,
        number=notice.number,
        percent=notice.percent,
        label=notice.label,
        due=notice.due_at,
    )
    by_the_hour = notice.clock_kind is ClockKind.WALL_HOURS
    await tasks.ask(
        task=NewTask(
            id=task_id,
            kind=TaskKind.EXPEDITE,
            title_zh=told.zh,
            title_en=told.en,
            assignee_id=to.person_id,
            urgency=Urgency.EMERGENCY if by_the_hour else Urgency.HIGH,
            due_at=notice.due_at,
            division_code=notice.division_code,
            origin_room=ROOM,
            origin_id=notice.id,
            link=notice.link,
        )
    )
    await push.notify(
        to=to.person_id,
        text=told,
        category=Category.EMERGENCY if by_the_hour else Category.SERVICE,
        dedupe_key=f"expedite {notice.id} {level}",
        link=notice.link,
        origin_room=ROOM,
        origin_id=notice.id,
        on_duty=to.on_duty,
    )
