"""约谈: a talk with a unit about a case, as a recorded step: what was agreed, by when, and that it was put right.

By a supervisor or administrator of the place. The unit is asked to put it right and may say so itself; the case keeps a
note of both for staff.
"""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from backend.cases import holding, people, steps
from backend.cases import queries as cases
from backend.cases.records import get_case
from backend.cases.rules import STEPS
from backend.core import clock, creates, paging
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.hotline import unit_talk_queries as queries
from backend.hotline.callback_opening import ROOM
from backend.hotline.unit_talk_queries import Row
from backend.hotline.unit_talk_refusals import NotYourTalk, PutRightBefore, UnitTalkUnknown
from backend.hotline.unit_talk_schemas import NewUnitTalk, UnitTalkFix, UnitTalkRecord
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role
from backend.push.wording import said
from backend.rosters.queries import duty_person
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency

HOLDERS = (Role.SUPERVISOR, Role.ADMIN)

HELD = Term("A talk was held with {unit} ({office}): {agreed}")
FIXED = Term("What was agreed with {unit} was put right on {day}: {note}")
FIX = Term("Put right what was agreed in a talk about case {number}.")


@transaction
async def record_unit_talk(*, id: UUID, new: NewUnitTalk, by: Actor) -> Outcome[UnitTalkRecord]:
    """A talk that was held. The case keeps a note, and the unit is asked where something is to be put right.

    Raises CaseUnknown, UnitUnknown (404), NotYourTalk (403), DifferentArguments (409), Invalid (400).
    """
    case = await get_case(case_id=new.case_id, by=by)
    if not visible_to(by, roles=HOLDERS).covers(case.division.code):
        raise NotYourTalk("A talk with a unit is held by a supervisor or an administrator of the place.")
    unit = await cases.unit(new.unit_id)
    if unit is None:
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(new.unit_id))
    asked = [new.case_id, new.unit_id, new.office, new.reason, new.agreed, new.held_at, new.fix_by]
    held_at = new.held_at or clock.now()
    _check(held_at, new.fix_by)
    created = await queries.insert(
        {
            "id": id,
            "case": new.case_id,
            "unit": new.unit_id,
            "office": new.office.strip(),
            "held_at": held_at,
            "recorded_at": clock.now(),
            "by": by.person_id,
            "reason": new.reason.strip(),
            "agreed": new.agreed.strip(),
            "fix_by": new.fix_by,
            "arguments_digest": creates.digest(asked),
        }
    )
    row = await _row(id, by=by)
    if not creates.same(row["arguments_digest"], asked) or row["by"] != by.person_id:
        raise DifferentArguments("Talk {id} was recorded with other content; it stays.", id=str(id))
    if created:
        await _note(row, "held", HELD, office=row["office"], agreed=row["agreed"], by=by)
        await _ask_unit(row, by=by)
    return Outcome(_record(row), created=created)


def _check(held_at: datetime, fix_by: date | None) -> None:
    """Raises Invalid (400)."""
    wrong = []
    if held_at > clock.now():
        detail = "Write down a talk once it was held."
        wrong.append(FieldError(pointer="/held_at", detail=detail, code="in-the-future"))
    if fix_by is not None and fix_by < clock.local(held_at).date():
        detail = "It cannot be put right before it was agreed."
        wrong.append(FieldError(pointer="/fix_by", detail=detail, code="range"))
    if wrong:
        raise Invalid(errors=wrong)


async def _note(row: Row, what: str, message: str, *, by: Actor, **facts: str) -> None:
    """A line of the case for staff, where it still takes any; also from a unit that it has left meanwhile."""
    words = said("zh", message, unit=row["unit_name"], **facts)
    if (await holding.hold(row["case_id"])).state in STEPS["noted"].start:
        line = {"remark": words}
        await steps.take("noted", case_id=row["case_id"], id=uuid5(row["id"], what), by=by, said=line, by_rule=True)


async def _ask_unit(row: Row, *, by: Actor) -> None:
    if row["fix_by"] is None:
        return
    person = await duty_person(unit_id=row["unit_id"]) or await people.handler_of(row["unit_id"])
    if person is None:
        return
    task = NewTask(
        id=uuid5(row["id"], "fix"),
        kind=TaskKind.OTHER,
        title_zh=said("zh", FIX, number=row["case_number"]),
        title_en=said("en", FIX, number=row["case_number"]),
        assignee_id=person,
        urgency=Urgency.HIGH,
        due_at=datetime.combine(row["fix_by"], time(23, 59, 59), clock.SHANGHAI).astimezone(UTC),
        division_code=row["division_code"],
        origin_room=ROOM,
        origin_id=row["id"],
        link=f"/console/cases/{row['case_id']}",
        asked_by=by.person_id,
    )
    await tasks.ask_many(tasks=[task])


@transaction
async def put_right(*, talk_id: UUID, fix: UnitTalkFix, by: Actor) -> UnitTalkRecord:
    """What was agreed was put right: the unit's handlers say so, or a supervisor of the place. Twice is once.

    Raises UnitTalkUnknown (404), NotYourTalk (403), PutRightBefore (409), Invalid (400).
    """
    row = await _row(talk_id, by=by, lock=True)
    if not _may_put_right(row, by):
        raise NotYourTalk("This is for the unit's handlers, or for a supervisor of the place.")
    note = fix.note.strip()
    if row["fixed_on"] is not None:
        if (row["fixed_on"], row["fixed_note"]) != (fix.fixed_on, note):
            raise PutRightBefore("It was put right on {day}; that stays.", day=row["fixed_on"].isoformat())
        return _record(row)
    if not clock.local(row["held_at"]).date() <= fix.fixed_on <= clock.today():
        wrong = FieldError(pointer="/fixed_on", detail="Give a day between the talk and today.", code="range")
        raise Invalid(errors=[wrong])
    await queries.put_right(talk_id, on=fix.fixed_on, note=note)
    await _note(row, "fixed", FIXED, day=fix.fixed_on.isoformat(), note=note, by=by)
    await tasks.settle(origin_room=ROOM, origin_id=talk_id, by=by)
    return _record(await _row(talk_id, by=by))


async def list_unit_talks(
    *, by: Actor, case_id: UUID | None = None, unfixed: bool = False, limit: int = 50, cursor: str | None = None
) -> Page[UnitTalkRecord]:
    """Those about cases of a territory that one oversees, and those with one's own unit; the last held first.

    unfixed   only those in which something is still to be put right
    """
    clause, values = visible_to(by).clause("c.division_code", 2)
    rows = await queries.talks(
        f"(t.unit = ANY($1) OR {clause})",
        [_units(by), *values],
        case_id=case_id,
        unfixed=unfixed,
        limit=limit,
        after=paging.position(cursor),
    )
    return paging.page([_record(row) for row in rows], limit, lambda each: Position(each.held_at, each.id))


async def get_unit_talk(*, talk_id: UUID, by: Actor) -> UnitTalkRecord:
    """One. Raises UnitTalkUnknown (404)."""
    return _record(await _row(talk_id, by=by))


async def may_put_right(*, talk_id: UUID, by: Actor) -> bool:
    """Whether he may say that it was put right. Raises UnitTalkUnknown (404)."""
    return _may_put_right(await _row(talk_id, by=by), by)


def _may_put_right(row: Row, by: Actor) -> bool:
    return row["unit_id"] in _units(by) or visible_to(by, roles=HOLDERS).covers(row["division_code"])


async def _row(talk_id: UUID, *, by: Actor, lock: bool = False) -> Row:
    row = await queries.talk(talk_id, lock=lock)
    if row is None or not _sees(row, by):
        raise UnitTalkUnknown("There is no talk {id} for you.", id=str(talk_id))
    return row


def _sees(row: Row, by: Actor) -> bool:
    return row["unit_id"] in _units(by) or visible_to(by, roles=OVERSEERS).covers(row["division_code"])


def _units(by: Actor) -> list[UUID]:
    return [held.unit_id for held in by.held if held.unit_id is not None and held.role == Role.HANDLER]


def _record(row: Row) -> UnitTalkRecord:
    facts: dict[str, Any] = {name: row[name] for name in UnitTalkRecord.__struct_fields__ if name != "overdue"}
    late = row["fixed_on"] is None and row["fix_by"] is not None and row["fix_by"] < clock.today()
    return UnitTalkRecord(**facts, overdue=late)
