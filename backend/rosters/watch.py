"""What happens to a shift nobody confirms: a reminder, a task, a task for the supervisor, missed. Every minute.

A step is taken by moving `ladder_step` up, in the transaction that tells people: three nodes tell once, and after a
night of downtime each shift is told the highest step that is due, not all of them one after the other.
"""

from datetime import datetime
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.core.jobs import schedule
from backend.core.words import Term
from backend.push.provider import Category
from backend.rosters import queries, telling
from backend.rosters.ladders import Ladder, Step, ladder, step_due
from backend.rosters.schemas import ShiftRecord, shift_record
from backend.rosters.shifts import confirm_by_task
from backend.rosters.stand_ins import ask_to_confirm
from backend.rosters.units import supervisor_of
from backend.tasks import actions as tasks
from backend.tasks import queries as task_queries
from backend.tasks.tables import TaskKind, TaskState, Urgency

BATCH = 100
REMINDER = Term("Your shift comes: {unit}, {span}. Please confirm it.")
CONFIRM = Term("Please confirm your shift: {unit}, {span}.")
UNSURE = Term("Nobody has confirmed this shift: {unit}, {span}. Please find out, or find somebody.")
MISSED = Term("Nobody reported for this shift: {unit}, {span}. Whoever was there may still say so.")
TO_HOLDER = Term("We did not hear from you for your shift: {unit}, {span}. If you were there, just say so.")
RING = Term("{unit}: nobody has reported for duty. You are next; can you take over now?")


@schedule("rosters/watch", "* * * * *")
async def watch() -> None:
    """Hear what was answered, let offers lapse, climb."""
    while await hear_answers():
        pass
    await lapse_begun_offers()
    while await climb():
        pass


@transaction
async def hear_answers() -> int:
    """A task ticked or taken on counts as a confirmed shift; a declined one goes to the supervisor at once.

    How many shifts were dealt with.
    """
    rows = await fetch(
        f"{queries.SHIFT} WHERE s.state = 'published' AND s.ladder_step IN ($1, $2) AND EXISTS ("
        "SELECT FROM tasks_task t WHERE t.origin_room = 'rosters' AND t.origin_id = s.id AND t.kind = 'confirm_shift' "
        "AND (t.state IN ('done', 'acknowledged') OR t.state = 'declined' AND s.ladder_step = $1)) "
        f"ORDER BY s.starts_at LIMIT {BATCH} FOR UPDATE OF s SKIP LOCKED",
        Step.ASKED,
        Step.SUPERVISOR,
    )
    stood = await task_queries.states_of(origin_room=telling.ROOM, origin_ids=[row["id"] for row in rows])
    for row in rows:
        states = {task.state for task in stood[row["id"]] if task.kind == TaskKind.CONFIRM_SHIFT}
        if states & {TaskState.DONE, TaskState.ACKNOWLEDGED}:
            await confirm_by_task(row)
        else:
            await _set_step(row["id"], Step.SUPERVISOR)
            await _ask_supervisor(shift_record(row))
    return len(rows)


async def lapse_begun_offers() -> None:
    """Offers whose shift has begun are over."""
    rows = await fetch(
        "UPDATE rosters_swap w SET state = 'lapsed', answered_at = $1 FROM rosters_shift s "
        "WHERE w.state = 'offered' AND s.id = w.shift AND s.starts_at <= $1 RETURNING w.id",
        clock.now(),
    )
    for row in rows:
        await tasks.settle(origin_room=telling.ROOM, origin_id=row["id"], to=TaskState.WITHDRAWN)


@transaction
async def climb() -> int:
    """Take the highest step that is due for up to a hundred shifts, the earliest first; how many they were."""
    now, chosen = clock.now(), ladder(clock.today())
    rows = await fetch(
        f"""
        {queries.SHIFT} WHERE s.state = 'published' AND s.ladder_step < CASE
            WHEN s.starts_at <= $1 THEN {Step.MISSED:d} WHEN s.starts_at <= $2 THEN {Step.SUPERVISOR:d}
            WHEN s.starts_at <= $3 THEN {Step.ASKED:d} ELSE {Step.REMINDED:d} END
        AND s.starts_at <= $4 ORDER BY s.starts_at, s.id LIMIT {BATCH} FOR UPDATE OF s SKIP LOCKED
        """,
        now - chosen.missed_after,
        now + chosen.supervisor_before,
        now + chosen.ask_before,
        now + chosen.remind_before,
    )
    for row in rows:
        shift = shift_record(row)
        step = step_due(chosen, starts_at=shift.starts_at, at=now)
        await _set_step(shift.id, step)
        if step is Step.SUPERVISOR and row["ladder_step"] < Step.ASKED:
            await _take(Step.ASKED, shift, chosen, now)
        await _take(step, shift, chosen, now)
    return len(rows)


async def _set_step(shift_id: UUID, step: Step) -> None:
    await fetch("UPDATE rosters_shift SET ladder_step = $2 WHERE id = $1", shift_id, step)


async def _take(step: Step, shift: ShiftRecord, chosen: Ladder, now: datetime) -> None:
    if step is Step.REMINDED:
        await _tell_holder(shift, REMINDER)
    elif step is Step.ASKED:
        await ask_to_confirm(shift.id, shift.person_id, shift, CONFIRM)
    elif step is Step.SUPERVISOR:
        await _ask_supervisor(shift)
    else:
        await _miss(shift, chosen, now)


async def _tell_holder(shift: ShiftRecord, msgid: Term) -> None:
    await telling.tell(
        shift.person_id,
        _saying(shift, msgid),
        key=f"ladder/{shift.id}/{msgid}",
        origin_id=shift.id,
        expires_at=None if msgid is TO_HOLDER else shift.starts_at,
    )


async def _ask_supervisor(shift: ShiftRecord) -> None:
    supervisor = await supervisor_of(shift.unit_id)
    if supervisor is None:
        return
    await telling.ask(
        origin_id=shift.id,
        kind=TaskKind.COVER_SHIFT,
        assignee_id=supervisor,
        saying=_saying(shift, UNSURE),
        division_code=shift.division_code,
        due_at=shift.starts_at,
        urgency=Urgency.HIGH,
    )


async def _miss(shift: ShiftRecord, chosen: Ladder, now: datetime) -> None:
    """Told, never punished. While it still runs, the next on duty is rung; when he does not answer, the supervisor."""
    await fetch("UPDATE rosters_shift SET state = 'missed', missed_at = $2 WHERE id = $1", shift.id, now)
    await tasks.settle(
        origin_room=telling.ROOM, origin_id=shift.id, kind=TaskKind.CONFIRM_SHIFT, to=TaskState.WITHDRAWN
    )
    await _tell_holder(shift, TO_HOLDER)
    supervisor = await supervisor_of(shift.unit_id)
    if supervisor:
        await telling.tell(supervisor, _saying(shift, MISSED), key=f"missed/{shift.id}", origin_id=shift.id)
    if shift.ends_at > now:
        await _ring_next(shift, supervisor, chosen, now)
    else:
        await tasks.settle(origin_room=telling.ROOM, origin_id=shift.id, to=TaskState.WITHDRAWN)


async def _ring_next(shift: ShiftRecord, supervisor: UUID | None, chosen: Ladder, now: datetime) -> None:
    if any(holder.state != "missed" for holder in await queries.on_duty(unit_id=shift.unit_id, at=now)):
        return
    coming = await queries.next_on_duty(unit_id=shift.unit_id, at=now)
    first = coming.person_id if coming else supervisor
    if first is None:
        return
    await telling.tell(
        first,
        telling.Saying(RING, unit=shift.unit_name),
        key=f"ring/{shift.id}",
        origin_id=shift.id,
        expires_at=shift.ends_at,
        category=Category.EMERGENCY,
        acknowledge_within=chosen.answer_within,
        then=supervisor if supervisor != first else None,
        last_resort=supervisor,
    )


def _saying(shift: ShiftRecord, msgid: Term) -> telling.Saying:
    return telling.Saying(msgid, unit=shift.unit_name, span=(shift.starts_at, shift.ends_at))
