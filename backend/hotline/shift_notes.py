"""Notes at shift change: one shift leaves them at the desk, whoever comes next takes them. Each is taken once."""

from typing import Any
from uuid import UUID

from backend.cases.schemas import PersonShown
from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments
from backend.hotline.shift_note_refusals import OwnShiftNote, ShiftNoteUnknown
from backend.hotline.shift_note_schemas import NewShiftNote, ShiftNoteRecord
from backend.hotline.unit_people import works_at
from backend.people.actors import Actor
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role

DESK = (Role.OPERATOR, Role.HANDLER, Role.SUPERVISOR, Role.ADMIN)
_SELECT = """
SELECT n.id, n.unit, n.text, n.written_at, n.written_by, w.name AS written_by_name, n.taken_at, n.taken_by,
       t.name AS taken_by_name, n.arguments_digest
FROM hotline_shift_note n JOIN people_person w ON w.id = n.written_by LEFT JOIN people_person t ON t.id = n.taken_by
"""


@transaction
async def leave_shift_note(*, id: UUID, new: NewShiftNote, by: Actor) -> Outcome[ShiftNoteRecord]:
    """Leave a note at a desk. The same again is the same note, as it is now.

    For those who work at the desk. Raises Forbidden (403), UnitUnknown (404), DifferentArguments (409).
    """
    await _must_work_at(new.unit_id, by)
    asked = [by.person_id, new.unit_id, new.text]
    made = await fetch_row(
        "INSERT INTO hotline_shift_note (id, unit, text, written_at, written_by, arguments_digest) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(id, new.unit_id, new.text.strip(), clock.now(), by.person_id, creates.digest(asked)),
    )
    row = await fetch_row(f"{_SELECT} WHERE n.id = $1", id)
    if row is None or not creates.same(row["arguments_digest"], asked):
        raise DifferentArguments("Note {id} was left with other words; it stays.", id=str(id))
    return Outcome(_record(row), created=made is not None)


@transaction
async def take_shift_note(*, note_id: UUID, by: Actor) -> ShiftNoteRecord:
    """Read, and gone on with. Whoever was first stays; twice is harmless.

    For those who work at the desk. Raises Forbidden (403), ShiftNoteUnknown (404), OwnShiftNote (409).
    """
    by.must_have(*DESK)
    row = await fetch_row(f"{_SELECT} WHERE n.id = $1 FOR UPDATE OF n", note_id)
    if row is None or not await works_at(row["unit"], by, roles=DESK):
        raise ShiftNoteUnknown("There is no note {id} at your desk.", id=str(note_id))
    if row["taken_at"] is None:
        if row["written_by"] == by.person_id:
            raise OwnShiftNote("Whoever comes next takes it.")
        await fetch(
            "UPDATE hotline_shift_note SET taken_at = $2, taken_by = $3 WHERE id = $1",
            *(note_id, clock.now(), by.person_id),
        )
    return _record(await fetch_row(f"{_SELECT} WHERE n.id = $1", note_id))


async def list_shift_notes(
    *, unit_id: UUID, by: Actor, waiting: bool | None = None, limit: int = 50, cursor: str | None = None
) -> Page[ShiftNoteRecord]:
    """A desk's notes, the newest first. `waiting`: nobody has taken it.

    Raises Invalid (400), Forbidden (403), UnitUnknown (404).
    """
    await _must_work_at(unit_id, by)
    after = position(cursor)
    rows = await fetch(
        f"{_SELECT} WHERE n.unit = $1 AND ($2::boolean IS NULL OR (n.taken_at IS NULL) = $2) "
        "AND ($3::timestamptz IS NULL OR (n.written_at, n.id) < ($3, $4)) "
        f"ORDER BY n.written_at DESC, n.id DESC LIMIT {limit + 1}",
        *(unit_id, waiting, after and after.at, after and after.id),
    )
    return page([_record(row) for row in rows], limit, lambda each: Position(each.written_at, each.id))


async def _must_work_at(unit_id: UUID, by: Actor) -> None:
    by.must_have(*DESK)
    if not await works_at(unit_id, by, roles=DESK):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))


def _record(row: Any) -> ShiftNoteRecord:
    return ShiftNoteRecord(
        id=row["id"],
        unit_id=row["unit"],
        text=row["text"],
        written_at=row["written_at"],
        written_by=PersonShown(row["written_by"], row["written_by_name"]),
        taken_at=row["taken_at"],
        taken_by=PersonShown(row["taken_by"], row["taken_by_name"]) if row["taken_by"] else None,
    )
