"""The SQL of publishing: one look at every row, one insert for all of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.core.database import fetch, fetch_row
from backend.rosters.units import IN_FORCE


class Row(msgspec.Struct, frozen=True):
    """One row of a roster with the id it gets."""

    id: UUID
    person_id: UUID
    starts_at: datetime
    ends_at: datetime


_LOCAL_DAY = "(n.starts_at AT TIME ZONE 'Asia/Shanghai')::date"
_ROWS = "unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS n(id, person, starts_at, ends_at, place)"  # noqa: E501
_OVERLAP = "tstzrange(s.starts_at, s.ends_at) && tstzrange(n.starts_at, greatest(n.starts_at, n.ends_at))"
_SHARED = f"""
EXISTS (SELECT FROM rosters_duty_rule r WHERE r.unit = $5 AND r.post = $6::text AND r.overlap_allowed
        AND {IN_FORCE.format(r="r", on=_LOCAL_DAY)}
        AND extract(isodow FROM {_LOCAL_DAY})::smallint = ANY(r.weekdays))
"""
_LOOK = f"""
SELECT n.place::int - 1 AS place,
       EXISTS (SELECT FROM people_role_assignment r JOIN people_person p ON p.id = r.person
               WHERE r.person = n.person AND r.unit = $5 AND p.closed_at IS NULL
               AND {IN_FORCE.format(r="r", on=_LOCAL_DAY)}) AS of_the_unit,
       busy.starts_at AS busy_from, busy.ends_at AS busy_to,
       taken.starts_at AS taken_from, taken.ends_at AS taken_to,
       EXISTS (SELECT FROM rosters_leave s WHERE s.person = n.person AND s.state = 'approved' AND {_OVERLAP}) AS away,
       {_SHARED} AS shared,
       stored.person = n.person AND stored.unit = $5 AND stored.post = $6::text AND stored.starts_at = n.starts_at
           AND stored.ends_at = n.ends_at AS same
FROM {_ROWS}
LEFT JOIN rosters_shift stored ON stored.id = n.id
LEFT JOIN LATERAL (
    SELECT s.starts_at, s.ends_at FROM rosters_shift s WHERE s.person = n.person AND {_OVERLAP}
    AND s.state IN ('published', 'confirmed') AND NOT s.entered_late LIMIT 1) busy ON TRUE
LEFT JOIN LATERAL (
    SELECT s.starts_at, s.ends_at FROM rosters_shift s WHERE s.unit = $5 AND s.post = $6::text AND {_OVERLAP}
    AND s.state IN ('published', 'confirmed') AND NOT s.entered_late AND NOT s.shared LIMIT 1) taken ON TRUE
ORDER BY n.place
"""


async def look(rows: Sequence[Row], unit_id: UUID, post: str) -> Sequence[asyncpg.Record]:
    """What the database knows of each row, in their order. `same` is null for an id that is new."""
    return await fetch(_LOOK, *_columns(rows), unit_id, post)


_INSERT = f"""
INSERT INTO rosters_shift (id, publication, unit, division_code, post, person, starts_at, ends_at, state, shared,
                           ladder_step, entered_late)
SELECT n.id, $7, $5, $8, $6::text, n.person, n.starts_at, n.ends_at, 'published', {_SHARED}, 0, FALSE
FROM {_ROWS} ORDER BY n.place
"""


async def insert(rows: Sequence[Row], unit_id: UUID, post: str, *, publication_id: UUID, division_code: str) -> None:
    """Store them all, published; the exclusion constraints have the last word."""
    await fetch(_INSERT, *_columns(rows), unit_id, post, publication_id, division_code)


def _columns(rows: Sequence[Row]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in ("id", "person_id", "starts_at", "ends_at")]


async def publication(id: UUID) -> asyncpg.Record | None:
    """A roster as it was published."""
    return await fetch_row("SELECT * FROM rosters_publication WHERE id = $1", id)


async def shift_ids_of(publication_id: UUID) -> list[UUID]:
    """The shifts that a roster brought, without their successors."""
    rows = await fetch(
        "SELECT id FROM rosters_shift WHERE publication = $1 AND follows IS NULL ORDER BY starts_at, id", publication_id
    )
    return [row["id"] for row in rows]
