"""Shifts that change hands: the old one stays, `swapped`, and a successor follows it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import asyncpg

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.people.actors import Actor
from backend.rosters import queries, telling
from backend.rosters.ladders import Step
from backend.rosters.refusals import NobodyAmongThem, PersonBusy, PostTaken, ShiftMoved, ShiftUnknown
from backend.rosters.rules import span_text
from backend.rosters.schemas import ShiftRecord, shift_record
from backend.rosters.tables import Ending, ShiftState
from backend.rosters.units import IN_FORCE, may_read

HELD = (ShiftState.PUBLISHED, ShiftState.CONFIRMED)


async def seen_shift(shift_id: UUID, *, by: Actor) -> ShiftRecord:
    """One's own shift, or one of a roster one may read. Raises ShiftUnknown (404)."""
    row = await queries.shift(shift_id)
    if row is None or not (row["person_id"] == by.person_id or may_read(row["unit_id"], row["division_code"], by=by)):
        raise ShiftUnknown("There is no shift {id} among those you may see.", id=shift_id)
    return shift_record(row)


async def hold(shift_ids: Sequence[UUID], *, by: Actor) -> list[ShiftRecord]:
    """The shifts as they are now, held (with their rosters) until the transaction ends. Raises ShiftUnknown (404)."""
    seen = [await seen_shift(shift_id, by=by) for shift_id in shift_ids]
    for unit_id, post in sorted({(shift.unit_id, shift.post) for shift in seen}):
        await queries.lock_roster(unit_id, post)
    await queries.lock_shifts(shift_ids)
    return [shift_record(await queries.shift(shift_id)) for shift_id in shift_ids]


def must_come(shift: ShiftRecord) -> None:
    """Raises ShiftMoved (409) unless somebody holds the shift and it has not begun."""
    if shift.state not in HELD:
        raise ShiftMoved("The shift {span} has moved or was cancelled; look at the roster.", span=_span(shift))
    if shift.starts_at <= clock.now():
        raise ShiftMoved("The shift {span} has begun; ask the supervisor for cover.", span=_span(shift))


async def must_be_free(person_id: UUID, shift: ShiftRecord, *, giving: UUID | None = None) -> None:
    """Raises NobodyAmongThem, PersonBusy (409) where somebody cannot take a shift. `giving` is one he gives away."""
    row = await fetch_row(
        f"""
        SELECT EXISTS (SELECT FROM people_role_assignment r JOIN people_person p ON p.id = r.person
                       WHERE r.person = $1 AND r.unit = $2 AND p.closed_at IS NULL
                       AND {IN_FORCE.format(r="r", on="$6::date")}) AS of_the_unit,
               EXISTS (SELECT FROM rosters_leave l WHERE l.person = $1 AND l.state = 'approved'
                       AND tstzrange(l.starts_at, l.ends_at) && tstzrange($3, $4)) AS away,
               EXISTS (SELECT FROM rosters_shift s WHERE s.person = $1 AND s.state IN ('published', 'confirmed')
                       AND tstzrange(s.starts_at, s.ends_at) && tstzrange($3, $4)
                       AND s.id IS DISTINCT FROM $5) AS busy
        """,
        person_id,
        shift.unit_id,
        shift.starts_at,
        shift.ends_at,
        giving,
        clock.local(shift.starts_at).date(),
    )
    if row is None or not row["of_the_unit"]:
        raise NobodyAmongThem("Whoever takes the shift {span} has to be of its unit on that day.", span=_span(shift))
    if row["away"] or row["busy"]:
        raise PersonBusy("The person is on another shift or away at {span}.", span=_span(shift))


def _span(shift: ShiftRecord) -> str:
    return span_text(shift.starts_at, shift.ends_at)


async def end(shift_ids: Sequence[UUID], *, ending: Ending) -> None:
    """The holders let go: what was asked about these shifts is settled, open offers lapse."""
    state = ShiftState.CANCELLED if ending is Ending.CANCELLED else ShiftState.SWAPPED
    await fetch(
        "UPDATE rosters_shift SET state = $2, ending = $3, ended_at = $4 WHERE id = ANY($1)",
        list(shift_ids),
        state,
        ending,
        clock.now(),
    )
    await lapse_offers(shift_ids)
    await telling.settle(shift_ids)


async def let_fall(shift_id: UUID, *, ending: Ending) -> None:
    """A shift that nobody takes over: cancelled, and why."""
    await end([shift_id], ending=ending)
    await fetch("UPDATE rosters_shift SET state = 'cancelled' WHERE id = $1", shift_id)


async def lapse_offers(shift_ids: Sequence[UUID]) -> None:
    """Offers about these shifts no longer stand."""
    rows = await fetch(
        "UPDATE rosters_swap SET state = 'lapsed', answered_at = $2 "
        "WHERE (shift = ANY($1) OR in_return = ANY($1)) AND state = 'offered' RETURNING id",
        list(shift_ids),
        clock.now(),
    )
    await telling.settle([row["id"] for row in rows])


async def follow(shift_id: UUID, *, person_id: UUID, confirmed: bool, step: Step = Step.NOTHING) -> UUID:
    """A successor for a shift that was ended; its id. Raises PersonBusy, PostTaken (409)."""
    successor, now = ids.uuid7(), clock.now()
    async with _said():
        await fetch(
            """
            INSERT INTO rosters_shift (id, publication, unit, division_code, post, person, starts_at, ends_at, state,
                                       shared, ladder_step, confirmed_at, confirmed_by, entered_late, follows)
            SELECT $2, publication, unit, division_code, post, $3, starts_at, ends_at, $4, shared, $7,
                   $5::timestamptz, $6::uuid, FALSE, id FROM rosters_shift WHERE id = $1
            """,
            shift_id,
            successor,
            person_id,
            ShiftState.CONFIRMED if confirmed else ShiftState.PUBLISHED,
            now if confirmed else None,
            person_id if confirmed else None,
            step,
        )
    return successor


@asynccontextmanager
async def _said() -> AsyncIterator[None]:
    """The exclusion constraints in words."""
    try:
        yield
    except asyncpg.ExclusionViolationError as error:
        if error.constraint_name == "one_person_per_post":
            raise PostTaken("Somebody else holds the post at that time; look at the roster.") from error
        raise PersonBusy("The person was just put on another shift at that time.") from error


async def successors(shift_ids: Sequence[UUID]) -> list[ShiftRecord]:
    """The shifts that took these over."""
    rows = await fetch(f"{queries.SHIFT} WHERE s.follows = ANY($1) ORDER BY s.starts_at, s.id", list(shift_ids))
    return [shift_record(row) for row in rows]


async def shifts_of(person_id: UUID, unit_id: UUID, starts_at: datetime, ends_at: datetime) -> list[ShiftRecord]:
    """What somebody holds of a unit in a span, in the order of time."""
    rows = await fetch(
        f"{queries.SHIFT} WHERE s.person = $1 AND s.unit = $2 AND s.state IN ('published', 'confirmed') "
        "AND s.starts_at < $4 AND s.starts_at > $3::timestamptz - interval '72 hours' AND s.ends_at > $3 "
        "ORDER BY s.starts_at, s.id",
        person_id,
        unit_id,
        starts_at,
        ends_at,
    )
    return [shift_record(row) for row in rows]
