"""Whom a callback reaches: who rings, the supervisor who follows it, and the one who is rung, before and after."""

from datetime import datetime
from uuid import UUID

from backend.cases import numbers
from backend.cases.people import supervisor_of
from backend.core import ids
from backend.core.cipher import unseal
from backend.core.words import Term
from backend.hotline import callback_queries as queries
from backend.hotline.callback_opening import ROOM, TITLES, page_of, who_rings
from backend.hotline.callback_queries import Row
from backend.hotline.words import CallbackReason, Supervised
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.addresses import reach_by_phone
from backend.push.provider import Category
from backend.push.wording import said
from backend.rosters.duty_schemas import ToRing
from backend.rosters.queries import whom_to_ring
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

OPTED_IN_TEXT = "hotline/his-own-matter"
"""Whoever left his number for a matter is written to about that matter, and nothing else."""

RING = Term("Ring back about case {number}: did it help?")
FOLLOW = {
    Supervised.EMERGENCY: Term("An emergency was resolved: follow the callback of case {number}."),
    Supervised.REPEATED: Term("It came up again and was resolved: follow the callback of case {number}."),
    Supervised.RUDENESS: Term("A complaint about conduct was resolved: follow the callback of case {number}."),
    Supervised.DISSATISFIED: Term("He is not satisfied: case {number} is open again, follow it."),
}
NOT_REACHED = Term("Nobody could be reached about case {number}, which you follow: see how it stands.")
WE_RING = Term(
    "Your matter {number} has been dealt with. We will ring you on {at} to ask whether it helped. "
    "We never ask for money or codes."
)
THANKS = Term("Thank you. Your matter {number} is closed as settled. If it comes back, call us or use your receipt.")
AGAIN = Term("We have heard you. Your matter {number} is open again, and a supervisor follows it.")
IN_VAIN = Term("We rang you several times about your matter {number}. If it did not help, call us or use your receipt.")


async def whose(unit_id: UUID, *, division_code: str, at: datetime) -> ToRing | None:
    """Who rings at a moment: who is on duty in the unit then, if he may write down what a citizen says; else an
    operator of the unit or the nearest, else the supervisor."""
    found = await whom_to_ring(unit_id=unit_id, at=at)
    if found is not None and await queries.is_desk(found.person_id, division_code=division_code):
        return found
    other = await queries.operator_of(unit_id, division_code=division_code) or await supervisor_of(division_code)
    return ToRing(other, on_duty=False) if other else None


async def whose_next(row: Row, *, at: datetime) -> UUID | None:
    """Who does the next try of a callback; about anything but a resolution whoever answers the unit's calls now."""
    if row["reason"] == CallbackReason.RESOLUTION:
        found = await whose(row["unit_id"], division_code=row["division_code"], at=at)
        return found.person_id if found else None
    return next(iter(await who_rings(unit_id=row["unit_id"])), None)


async def ask_to_ring(row: Row, *, to: UUID) -> None:
    """A task for whoever rings, due at the next try. What was asked of somebody else before is withdrawn."""
    await tasks.settle(origin_room=ROOM, origin_id=row["id"], kind=TaskKind.CALL, to=TaskState.WITHDRAWN)
    message = RING if row["case_number"] else TITLES[row["reason"]]
    await _ask(row, to, message, kind=TaskKind.CALL, due_at=row["due_at"])


async def ask_supervisor(row: Row, message: str, *, by: Actor | None = None) -> UUID | None:
    """A task and a notice for the supervisor nearest to the place; who it is."""
    supervisor = await supervisor_of(row["division_code"])
    if supervisor is None:
        return None
    task_id = await _ask(row, supervisor, message, kind=TaskKind.OTHER, urgency=Urgency.HIGH, by=by)
    await push.notify(
        to=supervisor,
        text=push.text(message, number=row["case_number"]),
        category=Category.SERVICE,
        dedupe_key=f"hotline follow {task_id}",
        link=page_of(row["id"]),
        origin_room=ROOM,
        origin_id=row["id"],
    )
    return supervisor


async def _ask(
    row: Row,
    to: UUID,
    message: str,
    *,
    kind: TaskKind,
    due_at: datetime | None = None,
    urgency: Urgency = Urgency.NORMAL,
    by: Actor | None = None,
) -> UUID:
    task = NewTask(
        id=ids.uuid7(),
        kind=kind,
        title_zh=said("zh", message, number=row["case_number"]),
        title_en=said("en", message, number=row["case_number"]),
        assignee_id=to,
        urgency=urgency,
        due_at=due_at,
        division_code=row["division_code"],
        origin_room=ROOM,
        origin_id=row["id"],
        link=page_of(row["id"]),
        asked_by=by.person_id if by else None,
    )
    await tasks.ask_many(tasks=[task])
    return task.id


async def let_go(callback_id: UUID, *, to: TaskState, by: Actor | None = None) -> None:
    """Nobody has to ring any more, and nobody to follow it; nothing rings about it."""
    await tasks.settle(origin_room=ROOM, origin_id=callback_id, kind=TaskKind.CALL, to=to, by=by)
    await tasks.settle(origin_room=ROOM, origin_id=callback_id, to=TaskState.WITHDRAWN)
    await push.call_off(origin_room=ROOM, origin_id=callback_id)


async def tell_citizen(row: Row, message: str, *, key: str, at: datetime | None = None) -> bool:
    """Write to the one who asked, where he left a number or his household agreed to be written to; whether there was
    anybody to write to. The words are seen on a locked screen: they tell no more than a number.
    """
    to = await _citizen(row)
    if to is None:
        return False
    await push.notify(
        to=to,
        text=push.text(message, public=True, number=numbers.grouped(row["case_number"]), at=at),
        category=Category.SERVICE,
        dedupe_key=f"hotline callback {row['id']} {key}",
        link=f"/r/{row['case_number']}",
        origin_room=ROOM,
        origin_id=row["id"],
    )
    return True


async def _citizen(row: Row) -> UUID | None:
    sealed = await queries.sealed_numbers(row["id"])
    if sealed is None or sealed["case"] is None:
        return None
    if sealed["contact_phone_sealed"] is None:
        return sealed["household"]
    return await reach_by_phone(
        citizen_id=sealed["case"],
        phone=unseal(sealed["contact_phone_sealed"], column="cases_case.contact_phone_sealed"),
        opted_in_text=OPTED_IN_TEXT,
    )
