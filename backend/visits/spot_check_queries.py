"""The SQL of spot checks. Raw, because a draw has to read its population and store its sample in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Scope
from backend.visits.visibility import Conditions

Row = Mapping[str, Any]


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides a draw."""

    id: UUID
    by: UUID
    at: datetime
    seed: int
    division_code: str
    occurred_from: datetime
    occurred_to: datetime
    size: int
    arguments_digest: bytes


async def draw(draw: Draw, prefixes: Sequence[str]) -> bool:
    """Draw and store, unless the id is there or the population is empty. Whether anything was stored."""
    found = Conditions()
    found.add(found.under("v.division_code", prefixes))
    found.add("v.channel = 'visit'")
    found.add("v.recorded_by <> {}", draw.by)
    found.add("v.occurred_at >= {} AND v.occurred_at < {}", draw.occurred_from, draw.occurred_to)
    found.add("v.received_at <= {}", draw.at)
    row = await fetch_row(
        f"""
        WITH population AS MATERIALIZED (SELECT v.id FROM visits_visit v WHERE {found.sql}),
        counted AS (SELECT count(*) AS visits FROM population),
        stored AS (
            INSERT INTO visits_spot_check (id, drawn_by, drawn_at, seed, division_code, occurred_from, occurred_to,
                                           population, size, arguments_digest)
            SELECT {found.value(draw.id)}, {found.value(draw.by)}, {found.value(draw.at)}, {found.value(draw.seed)},
                   {found.value(draw.division_code)}, {found.value(draw.occurred_from)},
                   {found.value(draw.occurred_to)}, visits, {found.value(draw.size)},
                   {found.value(draw.arguments_digest)}
            FROM counted WHERE visits > 0 ON CONFLICT (id) DO NOTHING RETURNING id, seed
        ),
        ordered AS (
            SELECT p.id, sha256(convert_to(s.seed::text || p.id::text, 'UTF8')) AS place
            FROM population p CROSS JOIN stored s ORDER BY place, p.id LIMIT {found.value(draw.size)}
        ),
        sample AS (
            INSERT INTO visits_spot_check_item (id, spot_check, visit, position)
            SELECT gen_random_uuid(), s.id, o.id, row_number() OVER (ORDER BY o.place, o.id)
            FROM ordered o CROSS JOIN stored s RETURNING id
        )
        SELECT count(*) AS drawn FROM sample
        """,
        *found.values,
    )
    return bool(row and row["drawn"])


async def arguments_digest(id: UUID) -> bytes | None:
    """The digest of what a draw was asked with; None when there is no such draw."""
    row = await fetch_row("SELECT arguments_digest FROM visits_spot_check WHERE id = $1", id)
    return row["arguments_digest"] if row else None


async def summaries(
    scope: Scope, *, limit: int, after: Position | None = None, id: UUID | None = None
) -> Sequence[Row]:
    """Draws that `scope` sees, the newest first, with how many items stand where."""
    found = Conditions()
    overseen = found.under("c.division_code", scope.prefixes)
    found.add(f"({overseen} OR c.drawn_by = {{}})", scope.person_id)
    if id is not None:
        found.add("c.id = {}", id)
    if after is not None:
        found.add("(c.drawn_at, c.id) < ({}, {})", after.at, after.id)
    return await fetch(
        f"""
        SELECT c.id, c.drawn_by, c.drawn_at, c.seed, c.division_code, c.occurred_from, c.occurred_to, c.population,
               c.size, progress.*
        FROM visits_spot_check c CROSS JOIN LATERAL (
            SELECT count(*) AS drawn,
                   count(*) FILTER (WHERE i.finding IS NULL) AS open,
                   count(*) FILTER (WHERE i.finding = 'confirmed') AS confirmed,
                   count(*) FILTER (WHERE i.finding = 'not_confirmed') AS not_confirmed,
                   count(*) FILTER (WHERE i.finding = 'unreachable') AS unreachable
            FROM visits_spot_check_item i WHERE i.spot_check = c.id
        ) progress
        WHERE {found.sql} ORDER BY c.drawn_at DESC, c.id DESC LIMIT {found.value(limit)}
        """,
        *found.values,
    )


async def items(spot_check_id: UUID, *, item_id: UUID | None = None) -> Sequence[Row]:
    """The sample in the order of the draw, or one item of it."""
    found = Conditions()
    found.add("i.spot_check = {}", spot_check_id)
    if item_id is not None:
        found.add("i.id = {}", item_id)
    return await fetch(
        f"""
        SELECT i.id, i.position, i.visit AS visit_id, v.occurred_at, v.household AS household_id,
               h.code AS household_code, v.division_code, d.name AS division_name, v.recorded_by,
               p.name AS recorded_by_name, i.finding, i.remark, i.found_by, i.found_at
        FROM visits_spot_check_item i JOIN visits_visit v ON v.id = i.visit
        JOIN people_person p ON p.id = v.recorded_by JOIN territory_division d ON d.id = v.division
        LEFT JOIN people_household h ON h.id = v.household
        WHERE {found.sql} ORDER BY i.position
        """,
        *found.values,
    )


async def lock_item(item_id: UUID) -> None:
    """Hold the item until the transaction ends."""
    await fetch("SELECT 1 FROM visits_spot_check_item WHERE id = $1 FOR UPDATE", item_id)


async def write_finding(item_id: UUID, *, finding: str, remark: str | None, by: UUID, at: datetime) -> None:
    """Store what was found."""
    await fetch(
        "UPDATE visits_spot_check_item SET finding = $2, remark = $3, found_by = $4, found_at = $5 WHERE id = $1",
        item_id,
        finding,
        remark,
        by,
        at,
    )
