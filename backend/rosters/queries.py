"""Who is on duty: what rooms above ask, and what a telephone exchange asks while somebody holds the line.

Raw SQL: one indexed statement each. A shift has at most 72 hours (a constraint), so those of a moment lie in a short
piece of the index on (unit, starts_at).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.rosters.duty_schemas import OnDuty, ToRing
from backend.rosters.units import IN_FORCE, UP_THE_TREE

HOLDING = "state IN ('published', 'confirmed', 'missed')"
"""Word for word the condition of the partial index."""

SHIFT = """
SELECT s.id, s.unit AS unit_id, u.name AS unit_name, s.division_code, s.post, s.person AS person_id,
       p.name AS person_name, s.starts_at, s.ends_at, s.state, s.confirmed_at, s.confirmed_by, s.missed_at,
       s.entered_late, s.ended_at, s.ending, s.follows, s.ladder_step, w.offered_to
FROM rosters_shift s JOIN people_unit u ON u.id = s.unit JOIN people_person p ON p.id = s.person
LEFT JOIN rosters_swap w ON w.shift = s.id AND w.state = 'offered'
"""

_POSTS = "array_position(ARRAY['phone', 'desk', 'leader', 'field'], {s}.post::text)"
_ON_DUTY = """
SELECT s.id AS shift_id, s.person AS person_id, p.name, s.post, s.starts_at, s.ends_at, s.state,
       s.state = 'confirmed' AS confirmed
FROM rosters_shift s JOIN people_person p ON p.id = s.person
"""
_NOW = (
    f"WHERE s.unit = {{unit}} AND s.{HOLDING} AND s.starts_at <= {{at}} "
    f"AND s.starts_at > {{at}}::timestamptz - interval '72 hours' AND s.ends_at > {{at}} "
    f"ORDER BY s.state = 'missed', {_POSTS.format(s='s')}, s.state, s.starts_at, s.id"
)
_NEXT = (
    f"WHERE s.unit = {{unit}} AND s.{HOLDING} AND s.starts_at > {{at}} "
    f"ORDER BY s.starts_at, {_POSTS.format(s='s')}, s.id LIMIT 1"
)
_OF_UNIT = f"{_ON_DUTY} {_NOW.format(unit='$1', at='$2')}"
_NEXT_OF_UNIT = f"{_ON_DUTY} {_NEXT.format(unit='$1', at='$2')}"


async def on_duty(*, unit_id: UUID, at: datetime | None = None) -> list[OnDuty]:
    """Who holds a shift of a unit at a moment (now): whoever missed it last, the phone before the desk."""
    return [msgspec.convert(dict(row), OnDuty) for row in await fetch(_OF_UNIT, unit_id, at or clock.now())]


async def next_on_duty(*, unit_id: UUID, at: datetime | None = None) -> OnDuty | None:
    """Whose shift begins next after a moment (now)."""
    row = await fetch_row(_NEXT_OF_UNIT, unit_id, at or clock.now())
    return msgspec.convert(dict(row), OnDuty) if row else None


_TO_RING = f"""
SELECT person, rank FROM (
    (SELECT s.person, CASE WHEN s.state = 'missed' THEN 2 ELSE 0 END AS rank
     FROM rosters_shift s {_NOW.format(unit="$1", at="$2")} LIMIT 1)
    UNION ALL (SELECT s.person, 1 FROM rosters_shift s {_NEXT.format(unit="$1", at="$2")})
) found ORDER BY rank LIMIT 1
"""


async def whom_to_ring(*, unit_id: UUID, at: datetime | None = None) -> ToRing | None:
    """The one to ring at a moment (now): on duty and not missed, else the next, else whoever missed it, else nobody."""
    row = await fetch_row(_TO_RING, unit_id, at or clock.now())
    return ToRing(row["person"], on_duty=row["rank"] == 0) if row else None


async def duty_person(*, unit_id: UUID, at: datetime | None = None) -> UUID | None:
    """The same, the person alone."""
    found = await whom_to_ring(unit_id=unit_id, at=at)
    return found.person_id if found else None


_WHO = f"""
SELECT u.id AS unit_id, u.name AS unit_name, u.kind, d.code AS division_code, d.name AS division_name, d.prefix,
       u.public_phone, s.*
FROM {{units}}
LEFT JOIN LATERAL (
    (SELECT FALSE AS is_next, row_number() OVER () AS place, * FROM ({_ON_DUTY} {_NOW.format(unit="u.id", at="$1")}) n)
    UNION ALL (SELECT TRUE, 1, * FROM ({_ON_DUTY} {_NEXT.format(unit="u.id", at="$1")}) c)
) s ON TRUE
WHERE u.closed_at IS NULL {{more}}
ORDER BY length(d.prefix) DESC, d.code, u.name, u.id, s.is_next, s.place
"""
_WHO_UNIT = _WHO.format(
    units="people_unit u JOIN territory_division d ON d.id = u.division", more="AND u.id = $2::uuid"
)
_WHO_DIVISION = _WHO.format(
    units=f"""(
        SELECT v.id FROM territory_division v WHERE v.prefix = ANY({UP_THE_TREE.format(code="$2::text")})
        UNION SELECT v.community FROM territory_division v WHERE v.code = $2 AND v.valid_to IS NULL
    ) up JOIN territory_division d ON d.id = up.id JOIN people_unit u ON u.division = d.id""",
    more=f"""AND ($3::text IS NULL OR u.kind = $3) AND (s.shift_id IS NOT NULL OR EXISTS (
        SELECT FROM rosters_duty_rule r WHERE r.unit = u.id AND {IN_FORCE.format(r="r", on="$4::date")}))""",
)


async def who_at_unit(*, unit_id: UUID, at: datetime) -> Sequence[asyncpg.Record]:
    """A unit with its people of a moment and the next one; one row with nulls where it has nobody."""
    return await fetch(_WHO_UNIT, at, unit_id)


async def who_for_division(*, division_code: str, kind: str | None, at: datetime) -> Sequence[asyncpg.Record]:
    """The same for every unit with a roster that serves a division: its own, then up the tree."""
    return await fetch(_WHO_DIVISION, at, division_code, kind, clock.local(at).date())


async def shift(shift_id: UUID) -> asyncpg.Record | None:
    """One shift in the columns of a `ShiftRecord`."""
    return await fetch_row(f"{SHIFT} WHERE s.id = $1", shift_id)


async def shifts_by_id(shift_ids: Sequence[UUID]) -> Sequence[asyncpg.Record]:
    """Several, in the order of time."""
    return await fetch(f"{SHIFT} WHERE s.id = ANY($1) ORDER BY s.starts_at, s.id", list(shift_ids))


async def lock_roster(unit_id: UUID, post: str) -> None:
    """One change of a post's roster at a time, until the transaction ends; the triggers take the same lock."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2, 0))", unit_id, post)


async def lock_shifts(shift_ids: Sequence[UUID]) -> None:
    """Hold shifts until the transaction ends, in the order of their ids so that two never wait for each other."""
    await fetch("SELECT id FROM rosters_shift WHERE id = ANY($1) ORDER BY id FOR UPDATE", list(shift_ids))


async def unseen_gaps(unit_id: UUID, post: str, starts_at: datetime, ends_at: datetime) -> list[Any]:
    """Staffed hours of a span that nobody holds and that are not known as gaps, as (starts_at, ends_at)."""
    return await _ranges("rosters_unseen_gaps", unit_id, post, starts_at, ends_at)


async def gaps(unit_id: UUID, post: str, starts_at: datetime, ends_at: datetime) -> list[Any]:
    """Staffed hours of a span that nobody holds, known or not."""
    return await _ranges("rosters_gaps", unit_id, post, starts_at, ends_at)


async def _ranges(function: str, unit_id: UUID, post: str, starts_at: datetime, ends_at: datetime) -> list[Any]:
    rows = await fetch(
        f"SELECT lower(g) AS starts_at, upper(g) AS ends_at "
        f"FROM unnest({function}($1, $2, tstzrange($3, $4))) AS g ORDER BY 1",
        unit_id,
        post,
        starts_at,
        ends_at,
    )
    return [(row["starts_at"], row["ends_at"]) for row in rows]
