"""Irregular checks of the supervision groups: what they found, by when it is to be put right, how it was."""

from uuid import UUID

from msgspec import convert
from msgspec.structs import replace

from backend.antifraud import outreach_rows as rows
from backend.antifraud.outreach_places import (
    READERS,
    RECORDERS,
    check_not_after_today,
    check_text,
    holds,
    place,
    prefixes_of,
)
from backend.antifraud.outreach_refusals import CheckFixed, CheckUnknown
from backend.antifraud.outreach_schemas import NewFix, NewSupervisionCheck, SupervisionCheckRecord
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import FieldError, Invalid
from backend.people.actors import OVERSEERS, Actor

TABLE = "antifraud_check"


@transaction
async def record_check(*, new: NewSupervisionCheck, by: Actor) -> Outcome[SupervisionCheckRecord]:
    """Write down a check. By supervisors, auditors and administrators of the place.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400), DifferentArguments (409).
    """
    division = await place(new.division_code, by=by, roles=OVERSEERS)
    check_not_after_today(new.on, "/on")
    check_text(new.finding, "/finding")
    if new.fix_by is not None and new.fix_by < new.on:
        raise Invalid(errors=[FieldError(pointer="/fix_by", detail="That is before the check.", code="range")])
    columns = {
        "id": new.id or ids.uuid7(),
        "group_number": new.group_number,
        "division_code": division.code,
        "on": new.on,
        "finding": new.finding.strip(),
        "fix_by": new.fix_by,
        "recorded_at": clock.now(),
        "by": by.person_id,
    }
    row, created = await rows.write(TABLE, columns, told=[replace(new, id=None), by.person_id])
    return Outcome(_record(row), created)


@transaction
async def fix_check(*, check_id: UUID, fix: NewFix, by: Actor) -> SupervisionCheckRecord:
    """What was found is put right. By assistants, supervisors and administrators of the place; twice is harmless.

    Raises Forbidden (403), CheckUnknown (404), Invalid (400), CheckFixed (409).
    """
    by.must_have(*RECORDERS)
    row = await rows.one(TABLE, check_id, lock=True)
    if row is None or not holds(by, row["division_code"], RECORDERS):
        raise CheckUnknown("There is no check {id} in a place of yours.", id=str(check_id))
    if (row["fixed_on"], row["fixed_note"]) == (fix.fixed_on, fix.note.strip()):
        return _record(row)
    if row["fixed_on"] is not None:
        raise CheckFixed("This was put right on {day}; that stays.", day=row["fixed_on"].isoformat())
    check_not_after_today(fix.fixed_on, "/fixed_on")
    check_text(fix.note, "/note")
    if fix.fixed_on < row["on"]:
        raise Invalid(errors=[FieldError(pointer="/fixed_on", detail="That is before the check.", code="range")])
    await fetch(
        "UPDATE antifraud_check SET fixed_on = $2, fixed_note = $3 WHERE id = $1",
        *(check_id, fix.fixed_on, fix.note.strip()),
    )
    return _record({**row, "fixed_on": fix.fixed_on, "fixed_note": fix.note.strip()})


def _record(row: rows.Row) -> SupervisionCheckRecord:
    overdue = row["fixed_on"] is None and row["fix_by"] is not None and row["fix_by"] < clock.today()
    names = SupervisionCheckRecord.__struct_fields__
    return convert(rows.told({**row, "overdue": overdue}, names), SupervisionCheckRecord)


async def list_checks(
    *,
    by: Actor,
    division_code: str | None = None,
    to_fix: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[SupervisionCheckRecord]:
    """Checks of a territory, the newest first; `to_fix`: only those that wait to be put right, or only the others.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404).
    """
    prefixes = await prefixes_of(division_code, by=by, roles=READERS)
    waits = "t.fix_by IS NOT NULL AND t.fixed_on IS NULL"
    also = {None: "TRUE", True: waits, False: f"NOT ({waits})"}[to_fix]
    found = await rows.newest(TABLE, prefixes, limit=limit + 1, after=position(cursor), also=also)
    return page([_record(row) for row in found], limit, lambda each: Position(each.recorded_at, each.id))
