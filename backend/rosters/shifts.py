"""Reading shifts, confirming them, cancelling them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.core.paging import Page, Position, page, position
from backend.people.actors import Actor, visible_to
from backend.rosters import queries, telling
from backend.rosters.gaps import leave_unseen_open
from backend.rosters.moving import hold, let_fall, seen_shift
from backend.rosters.refusals import ShiftMoved, ShiftUnknown
from backend.rosters.rules import span_text
from backend.rosters.schemas import ShiftRecord, shift_record
from backend.rosters.tables import Ending, Post, ShiftState
from backend.rosters.units import READERS, led_unit, may_lead, own_units, readable_unit


async def list_shifts(
    *,
    by: Actor,
    unit_id: UUID | None = None,
    post: Post | None = None,
    mine: bool = False,
    state: ShiftState | None = None,
    starts_from: datetime | None = None,
    starts_to: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ShiftRecord]:
    """Shifts in the order of time, those that begin between the moments told (from now on unless told).

    One's own, those of one's units, and those of a territory one oversees or answers calls for; moved and cancelled
    ones only where `state` asks for them. Raises UnitUnknown (404).
    """
    if unit_id is not None and not mine:
        await readable_unit(unit_id, by=by)
    after = position(cursor)
    where = _Where()
    where.add(f"s.{queries.HOLDING}" if state is None else "s.state = {}", *([] if state is None else [state]))
    where.add("s.starts_at >= {}", starts_from or clock.now())
    where.given("s.starts_at < {}", starts_to)
    where.given("s.unit = {}", unit_id)
    where.given("s.post = {}", post)
    where.seen_by(by, mine=mine)
    if after:
        where.add("(s.starts_at, s.id) > ({}, {})", after.at, after.id)
    rows = await fetch(
        f"{queries.SHIFT} WHERE {' AND '.join(where.parts)} ORDER BY s.starts_at, s.id LIMIT {limit + 1:d}",
        *where.values,
    )
    return page([shift_record(row) for row in rows], limit, lambda shift: Position(shift.starts_at, shift.id))


class _Where:
    """Conditions and their parameters, grown together: a plan may use the index that fits what was asked."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def add(self, sql: str, *values: Any) -> None:
        numbers = range(len(self.values) + 1, len(self.values) + len(values) + 1)
        self.parts.append(sql.format(*(f"${number}" for number in numbers)))
        self.values.extend(values)

    def given(self, sql: str, value: Any) -> None:
        if value is not None:
            self.add(sql, value)

    def seen_by(self, by: Actor, *, mine: bool) -> None:
        if mine:
            return self.add("s.person = {}", by.person_id)
        clause, values = visible_to(by, roles=READERS).clause("s.division_code", len(self.values) + 3)
        self.add("(s.person = {} OR s.unit = ANY({}) OR " + clause + ")", by.person_id, list(own_units(by)))
        return self.values.extend(values)


async def get_shift(*, shift_id: UUID, by: Actor) -> ShiftRecord:
    """One shift. Raises ShiftUnknown (404)."""
    return await seen_shift(shift_id, by=by)


@transaction
async def confirm_shift(*, shift_id: UUID, by: Actor) -> ShiftRecord:
    """The holder will be there, is there, or was there: a missed shift is put right, marked `entered_late`. Idempotent.

    by   the holder, or whoever leads the unit and knows it from him

    Raises ShiftUnknown (404), ShiftMoved (409).
    """
    shift = (await hold([shift_id], by=by))[0]
    if by.person_id != shift.person_id and not may_lead(shift.division_code, by=by):
        raise ShiftUnknown("There is no shift {id} among those you may confirm.", id=shift_id)
    if shift.state is ShiftState.CONFIRMED:
        return shift
    if shift.state not in (ShiftState.PUBLISHED, ShiftState.MISSED):
        raise ShiftMoved(
            "The shift {span} has moved or was cancelled; look at the roster.",
            span=span_text(shift.starts_at, shift.ends_at),
        )
    await _confirm(shift, by.person_id)
    return shift_record(await queries.shift(shift_id))


async def _confirm(shift: ShiftRecord, person_id: UUID) -> None:
    late = shift.state is ShiftState.MISSED
    await fetch(
        "UPDATE rosters_shift SET state = 'confirmed', confirmed_at = $2, confirmed_by = $3, entered_late = $4 "
        "WHERE id = $1",
        shift.id,
        clock.now(),
        person_id,
        late,
    )
    await telling.settle([shift.id])


@transaction
async def cancel_shift(*, shift_id: UUID, reason: str, by: Actor) -> ShiftRecord:
    """Take a shift out of the roster. Hours that nobody holds then are known gaps, with a task to find somebody.

    Said again, nothing changes. Raises ShiftUnknown, UnitUnknown (404), NotYourRoster (403), ShiftMoved (409).
    """
    shift = (await hold([shift_id], by=by))[0]
    unit = await led_unit(shift.unit_id, by=by)
    if shift.state is ShiftState.CANCELLED:
        return shift
    if shift.state is ShiftState.SWAPPED or shift.ends_at <= clock.now():
        raise ShiftMoved(
            "The shift {span} has moved or is over; it stays as it is.",
            span=span_text(shift.starts_at, shift.ends_at),
        )
    await let_fall(shift_id, ending=Ending.CANCELLED)
    await leave_unseen_open(unit, shift.post, shift.starts_at, shift.ends_at, reason=reason.strip(), by=by.person_id)
    await telling.tell_moved(shift)
    return shift_record(await queries.shift(shift_id))


async def confirm_by_task(row: asyncpg.Record) -> None:
    """The holder ticked the task instead of the shift: that counts."""
    await _confirm(shift_record(row), row["person_id"])
