"""Publishing a roster: whole or not at all.

A roster is one thing. Where one row does not fit, storing the others would leave hours without anybody that nobody
decided on; so nothing is stored, and every row's verdict says what it waits for.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock, ids
from backend.core.creates import Outcome, digest, same
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.people.actors import Actor
from backend.rosters import publish_queries, queries, telling
from backend.rosters.gaps import close_covered, leave_open
from backend.rosters.judging import judged
from backend.rosters.publish_queries import Row
from backend.rosters.refusals import HoursWithoutAnybody, PersonBusy, ends_first
from backend.rosters.roster_schemas import Hours, NewRoster, RosterVerdict, RowVerdict
from backend.rosters.rules import Span
from backend.rosters.tables import Publication
from backend.rosters.units import DutyUnit, led_unit

ROSTER = Term("You are on duty: {unit}, {n} shifts, the first {span}. Please confirm them.")
LONGEST_ROSTER_DAYS = 400


@transaction
async def publish_shifts(*, new: NewRoster, by: Actor) -> Outcome[RosterVerdict]:
    """Publish a roster for one post of a unit that `by` leads. The same id with the same arguments is the same roster.

    Raises Invalid (400), NotYourRoster (403), UnitUnknown (404), RosterRefused, HoursWithoutAnybody,
    DifferentArguments, PersonBusy (409; somebody was put on another roster in the same moment).
    """
    unit = await led_unit(new.unit_id, by=by)
    _check(new)
    roster_id = new.id or ids.uuid7()
    await queries.lock_roster(unit.id, new.post)
    rows = [_row(roster_id, shift) for shift in new.shifts]
    if not await _opened(roster_id, new, by):
        return Outcome(await _as_it_is(roster_id), created=False)
    verdicts = await judged(rows, new)
    fresh = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict.outcome == "stored"]
    await _store(fresh, roster_id, new, unit)
    gaps = await _gaps_left(unit, new, by)
    await close_covered(unit.id, new.post)
    await _tell(rows, roster_id, unit)
    return Outcome(_verdict(roster_id, new, verdicts, gaps), created=True)


def _check(new: NewRoster) -> None:
    errors = ends_first(new.starts_at, new.ends_at)
    if (new.ends_at - new.starts_at).days > LONGEST_ROSTER_DAYS:
        errors.append(FieldError(pointer="/ends_at", detail="Publish at most 400 days at once."))
    if new.allow_gaps and not (new.gap_reason or "").strip():
        errors.append(FieldError(pointer="/gap_reason", detail="Say why hours stay without anybody."))
    if errors:
        raise Invalid("The roster has mistakes.", errors=errors)


def _row(roster_id: UUID, shift: Any) -> Row:
    key = f"{shift.person_id} {shift.starts_at.timestamp()} {shift.ends_at.timestamp()}"
    return Row(shift.id or ids.from_key(roster_id, "shift", key), shift.person_id, shift.starts_at, shift.ends_at)


async def _opened(roster_id: UUID, new: NewRoster, by: Actor) -> bool:
    """Whether this roster is new. Raises DifferentArguments (409) when its id stands for another."""
    asked = msgspec.structs.replace(new, id=None)
    fresh = Publication(
        id=roster_id, unit=new.unit_id, post=new.post, starts_at=new.starts_at, ends_at=new.ends_at,
        shifts=len(new.shifts), published_by=by.person_id, published_at=clock.now(), arguments_digest=digest(asked),
    )  # fmt: skip
    if await Publication.insert(fresh).on_conflict(target=Publication.id, action="DO NOTHING"):
        return True
    stored = await publish_queries.publication(roster_id)
    if stored is None or not same(stored["arguments_digest"], asked):
        raise DifferentArguments("Roster {id} was published with other content; it stays as it is.", id=roster_id)
    return False


async def _as_it_is(roster_id: UUID) -> RosterVerdict:
    stored = await publish_queries.publication(roster_id) or {}
    span = (stored["unit"], stored["post"], stored["starts_at"], stored["ends_at"])
    shift_ids = await publish_queries.shift_ids_of(roster_id)
    rows = [RowVerdict(index=i, id=shift_id, outcome="duplicate") for i, shift_id in enumerate(shift_ids)]
    gaps = [Hours(*gap) for gap in await queries.gaps(*span)]
    return RosterVerdict(
        id=roster_id, unit_id=span[0], post=span[1], starts_at=span[2], ends_at=span[3], stored=0,
        duplicate=len(rows), refused=0, rows=rows, gaps=gaps,
    )  # fmt: skip


async def _store(rows: Sequence[Row], roster_id: UUID, new: NewRoster, unit: DutyUnit) -> None:
    try:
        await publish_queries.insert(
            rows, unit.id, new.post, publication_id=roster_id, division_code=unit.division_code
        )
    except asyncpg.ExclusionViolationError as error:
        raise PersonBusy("Somebody was put on another roster just now; send this one again to see who.") from error


async def _gaps_left(unit: DutyUnit, new: NewRoster, by: Actor) -> list[Hours]:
    """The hours nobody holds, written down as known. Raises HoursWithoutAnybody (409) unless they are allowed."""
    unseen: list[Span] = await queries.unseen_gaps(unit.id, new.post, new.starts_at, new.ends_at)
    if unseen and not new.allow_gaps:
        raise HoursWithoutAnybody(unseen)
    await leave_open(unit, new.post, unseen, reason=(new.gap_reason or "").strip(), by=by.person_id)
    return [Hours(*gap) for gap in await queries.gaps(unit.id, new.post, new.starts_at, new.ends_at)]


async def _tell(rows: Sequence[Row], roster_id: UUID, unit: DutyUnit) -> None:
    """One notice for each person with shifts to come."""
    coming: dict[UUID, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.starts_at):
        if row.starts_at > clock.now():
            coming.setdefault(row.person_id, []).append(row)
    for person_id, own in coming.items():
        await telling.tell(
            person_id,
            telling.Saying(ROSTER, unit=unit.name, n=len(own), span=(own[0].starts_at, own[0].ends_at)),
            key=f"roster/{roster_id}/{person_id}",
            origin_id=roster_id,
            expires_at=_last(own),
        )


def _last(rows: Sequence[Row]) -> datetime:
    return max(row.ends_at for row in rows)


def _verdict(roster_id: UUID, new: NewRoster, verdicts: list[RowVerdict], gaps: list[Hours]) -> RosterVerdict:
    stored = sum(verdict.outcome == "stored" for verdict in verdicts)
    return RosterVerdict(
        id=roster_id, unit_id=new.unit_id, post=new.post, starts_at=new.starts_at, ends_at=new.ends_at, stored=stored,
        duplicate=len(verdicts) - stored, refused=0, rows=verdicts, gaps=gaps,
    )  # fmt: skip
