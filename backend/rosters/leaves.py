"""Leave: asked for, with whoever could stand in, and read. Decided it is by `leave_deciding`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, Invalid
from backend.core.words import Term
from backend.people.actors import Actor, visible_to
from backend.rosters import queries, telling
from backend.rosters.leave_schemas import Affected, LeaveRecord, NewLeave
from backend.rosters.leave_tables import Leave, LeaveState
from backend.rosters.moving import shifts_of
from backend.rosters.refusals import LeaveUnknown, NobodyAmongThem, NotYourRoster, ends_first
from backend.rosters.schemas import ShiftRecord, shift_record
from backend.rosters.stand_ins import candidates
from backend.rosters.units import LEADERS, DutyUnit, may_lead, readable_unit, supervisor_of
from backend.tasks.tables import TaskKind

TO_DECIDE = Term("Somebody asks for leave: {unit}, {span}. Please decide.")


@transaction
async def request_leave(*, id: UUID, new: NewLeave, by: Actor) -> Outcome[LeaveRecord]:
    """Ask to be away. Nothing moves before it is decided; the answer tells who could stand in for which shift.

    Raises Invalid (400), NotYourRoster (403) for somebody else's leave, UnitUnknown (404), NobodyAmongThem,
    DifferentArguments (409).
    """
    unit = await readable_unit(new.unit_id, by=by)
    person_id = new.person_id or by.person_id
    if wrong := ends_first(new.starts_at, new.ends_at):
        raise Invalid("The leave has mistakes.", errors=wrong)
    await _must_be_of(unit, person_id, new, by)
    asked = [unit.id, person_id, new.starts_at, new.ends_at, new.reason]
    fresh = Leave(
        id=id, unit=unit.id, division_code=unit.division_code, person=person_id, starts_at=new.starts_at,
        ends_at=new.ends_at, reason=new.reason.value, requested_at=clock.now(), state=LeaveState.REQUESTED.value,
        arguments_digest=digest(asked),
    )  # fmt: skip
    created = bool(await Leave.insert(fresh).on_conflict(target=Leave.id, action="DO NOTHING"))
    row = await fetch_row("SELECT arguments_digest FROM rosters_leave WHERE id = $1", id)
    if row is None or not same(row["arguments_digest"], asked):
        raise DifferentArguments("Leave {id} was asked for with other arguments; it stays as it is.", id=id)
    record = await get_leave(leave_id=id, by=by)
    if created:
        await _ask_to_decide(record, unit)
    return Outcome(record, created=created)


async def _must_be_of(unit: DutyUnit, person_id: UUID, new: NewLeave, by: Actor) -> None:
    if person_id != by.person_id and not may_lead(unit.division_code, by=by):
        raise NotYourRoster("Ask for your own leave; a supervisor of the unit may ask for others.")
    row = await fetch_row(
        "SELECT FROM people_role_assignment r WHERE r.person = $1 AND r.unit = $2 "
        "AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to >= $3) LIMIT 1",
        person_id,
        unit.id,
        clock.local(new.starts_at).date(),
        clock.local(new.ends_at).date(),
    )
    if row is None:
        raise NobodyAmongThem("Whoever takes leave has to be of the unit then.")


async def _ask_to_decide(record: LeaveRecord, unit: DutyUnit) -> None:
    supervisor = await supervisor_of(unit.id)
    if supervisor is None:
        return
    await telling.ask(
        origin_id=record.id,
        kind=TaskKind.OTHER,
        assignee_id=supervisor,
        saying=telling.Saying(TO_DECIDE, unit=unit.name, span=(record.starts_at, record.ends_at)),
        division_code=unit.division_code,
        due_at=min([record.starts_at, *(each.shift.starts_at for each in record.affected)]),
    )


_LEAVE = """
SELECT l.*, u.name AS unit_name, p.name AS person_name FROM rosters_leave l
JOIN people_unit u ON u.id = l.unit JOIN people_person p ON p.id = l.person
"""


async def get_leave(*, leave_id: UUID, by: Actor) -> LeaveRecord:
    """One's own request, or one of a unit one leads. Raises LeaveUnknown (404)."""
    row = await fetch_row(f"{_LEAVE} WHERE l.id = $1", leave_id)
    if row is None or not (row["person"] == by.person_id or may_lead(row["division_code"], by=by)):
        raise LeaveUnknown("There is no request {id} among those you may see.", id=leave_id)
    return await _record(row)


async def leaves_to_decide(*, by: Actor, limit: int = 50) -> list[LeaveRecord]:
    """Requests that wait for this person, the nearest first."""
    clause, values = visible_to(by, roles=LEADERS).clause("l.division_code", 1)
    rows = await fetch(
        f"{_LEAVE} WHERE l.state = 'requested' AND {clause} ORDER BY l.starts_at LIMIT {limit:d}", *values
    )
    return [await _record(row) for row in rows]


async def my_leaves(*, by: Actor) -> list[LeaveRecord]:
    """One's own requests that are not over."""
    rows = await fetch(
        f"{_LEAVE} WHERE l.person = $1 AND l.ends_at > $2 ORDER BY l.starts_at", by.person_id, clock.now()
    )
    return [await _record(row) for row in rows]


async def _record(row: Mapping[str, Any]) -> LeaveRecord:
    waiting = row["state"] == LeaveState.REQUESTED
    held = await shifts_of(row["person"], row["unit"], row["starts_at"], row["ends_at"]) if waiting else []
    affected = [Affected(shift=one, candidates=await candidates(one)) for one in held if one.starts_at > clock.now()]
    moved = [] if waiting else await _moved(row)
    plain = {name: row[name] for name in _PLAIN} | {"unit_id": row["unit"], "person_id": row["person"]}
    return msgspec.convert(plain | {"affected": affected, "successors": moved}, LeaveRecord)


_PLAIN = (
    "id", "unit_name", "person_name", "starts_at", "ends_at", "reason", "state", "requested_at", "decided_at", "remark",
)  # fmt: skip


async def _moved(row: Mapping[str, Any]) -> list[ShiftRecord]:
    """The shifts that others took over because of a leave."""
    rows = await fetch(
        f"{queries.SHIFT} WHERE s.follows IN (SELECT o.id FROM rosters_shift o WHERE o.person = $1 AND o.unit = $2 "
        "AND o.ending = 'leave' AND o.starts_at < $4 AND o.starts_at > $3::timestamptz - interval '72 hours' "
        "AND o.ends_at > $3) ORDER BY s.starts_at, s.id",
        row["person"],
        row["unit"],
        row["starts_at"],
        row["ends_at"],
    )
    return [shift_record(one) for one in rows]
