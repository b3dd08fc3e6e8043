"""Leave, decided by the supervisor: the shifts move to the substitutes."""

from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.core.words import Term
from backend.people.actors import Actor
from backend.rosters import telling
from backend.rosters.gaps import leave_unseen_open
from backend.rosters.ladders import Step
from backend.rosters.leave_schemas import LeaveDecision, LeaveRecord
from backend.rosters.leave_tables import LeaveState
from backend.rosters.leaves import get_leave
from backend.rosters.moving import end, follow, hold, let_fall, must_be_free
from backend.rosters.refusals import LeaveDecided
from backend.rosters.schemas import ShiftRecord
from backend.rosters.stand_ins import ask_to_confirm, candidates
from backend.rosters.tables import Ending, ShiftState
from backend.rosters.units import DutyUnit, led_unit

APPROVED = Term("Your leave is approved: {unit}, {span}.")
REFUSED = Term("Your leave is not approved: {unit}, {span}. Your shifts stay yours.")
STAND_IN = Term("You stand in for a colleague: {unit}, {span}. Please confirm.")
ON_LEAVE = Term("on leave, nobody free to stand in")


@transaction
async def decide_leave(*, leave_id: UUID, decision: LeaveDecision, by: Actor) -> LeaveRecord:
    """Approve or refuse. Approved, each shift to come moves to its substitute, who is asked to confirm; where nobody is
    free, the hours are a known gap with a task. The same decision again changes nothing.

    Raises LeaveUnknown (404), NotYourRoster (403), LeaveDecided, NobodyAmongThem, PersonBusy (409).
    """
    record = await get_leave(leave_id=leave_id, by=by)
    unit = await led_unit(record.unit_id, by=by)
    await fetch("SELECT id FROM rosters_leave WHERE id = $1 FOR UPDATE", leave_id)
    record = await get_leave(leave_id=leave_id, by=by)
    state = LeaveState.APPROVED if decision.approve else LeaveState.REFUSED
    if record.state is state:
        return record
    if record.state is not LeaveState.REQUESTED:
        raise LeaveDecided("This request was decided already; ask for a new one.")
    await _decide(leave_id, state, decision.remark, by)
    if decision.approve:
        for each in record.affected:
            await _stand_in(unit, each.shift, decision.substitutes.get(each.shift.id), by)
    await _tell(record, state)
    return await get_leave(leave_id=leave_id, by=by)


async def _decide(leave_id: UUID, state: LeaveState, remark: str | None, by: Actor) -> None:
    await fetch(
        "UPDATE rosters_leave SET state = $2, decided_by = $3, decided_at = $4, remark = $5 WHERE id = $1",
        leave_id,
        state,
        by.person_id,
        clock.now(),
        (remark or "").strip() or None,
    )
    await telling.settle([leave_id])


async def _stand_in(unit: DutyUnit, shift: ShiftRecord, chosen: UUID | None, by: Actor) -> None:
    shift = (await hold([shift.id], by=by))[0]
    if shift.state not in (ShiftState.PUBLISHED, ShiftState.CONFIRMED):
        return
    free = await candidates(shift)
    substitute = chosen or (free[0].person_id if free else None)
    if substitute is None:
        await let_fall(shift.id, ending=Ending.LEAVE)
        reason = telling.Saying(ON_LEAVE).told("zh")
        await leave_unseen_open(unit, shift.post, shift.starts_at, shift.ends_at, reason=reason, by=by.person_id)
        return
    await must_be_free(substitute, shift)
    await end([shift.id], ending=Ending.LEAVE)
    successor = await follow(shift.id, person_id=substitute, confirmed=False, step=Step.ASKED)
    await ask_to_confirm(successor, substitute, shift, STAND_IN)


async def _tell(record: LeaveRecord, state: LeaveState) -> None:
    saying = telling.Saying(
        APPROVED if state is LeaveState.APPROVED else REFUSED,
        unit=record.unit_name,
        span=(record.starts_at, record.ends_at),
    )
    await telling.tell(
        record.person_id, saying, key=f"leave/{record.id}", origin_id=record.id, expires_at=record.ends_at
    )
