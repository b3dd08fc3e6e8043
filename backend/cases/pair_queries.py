"""The SQL of pairs and repeats: what lies near a case in place and time, never more than a bounded number of rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.visibility import Conditions, sight
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Actor

Row = Mapping[str, Any]

_COLUMNS = (
    "c.id, c.number, c.state, c.title, c.description, c.category_code, c.division_code, c.longitude, c.latitude, "
    "c.received_at, c.closed_at, c.loop, c.owner_unit"
)
_LOOKED_AT = f"""
(SELECT {_COLUMNS} FROM cases_case c
 WHERE c.division_code >= $2 AND c.division_code < $2 || ':' AND c.received_at >= $3
   AND c.id <> $1
 ORDER BY c.received_at DESC LIMIT $4)
"""
_AROUND = f"""
UNION
(SELECT {_COLUMNS} FROM cases_case c
 WHERE c.longitude IS NOT NULL AND point(c.longitude, c.latitude) <@ circle(point($5, $6), $7)
   AND c.received_at >= $3 AND c.id <> $1
 ORDER BY c.received_at DESC LIMIT $4)
"""


async def case(case_id: UUID) -> Row | None:
    """A case in the columns that are compared."""
    return await fetch_row(f"SELECT {_COLUMNS} FROM cases_case c WHERE c.id = $1", case_id)


async def near(case: Row, *, since: datetime, limit: int, reach_degrees: float) -> Sequence[Row]:
    """Cases received since then: of its village, and around its point; at most twice `limit`, the newest first."""
    values = [case["id"], case["division_code"][:12], since, limit]
    if case["longitude"] is None:
        return await fetch(_LOOKED_AT, *values)
    return await fetch(_LOOKED_AT + _AROUND, *values, case["longitude"], case["latitude"], reach_degrees)


async def propose(pairs: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Propose pairs, each once for ever: one that was decided is not proposed again.

    In the order of ids, so that two that propose the same wait for each other and never in a circle.
    """
    columns = ("id", "older", "newer", "distance_m", "likeness")
    ordered = sorted(pairs, key=lambda pair: pair["id"])
    await fetch(
        "INSERT INTO cases_pair (id, older, newer, distance_m, likeness, proposed_at) "
        "SELECT n.*, $6 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::smallint[]) AS n "
        "ON CONFLICT DO NOTHING",
        *([pair[name] for pair in ordered] for name in columns),
        at,
    )


async def mark_repeat(
    id: UUID, *, case_id: UUID, earlier: UUID, likeness: int, at: datetime, expires_at: datetime
) -> None:
    """Mark the matter, once."""
    await fetch(
        'INSERT INTO cases_repeat (id, "case", earlier, likeness, marked_at, expires_at) '
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        *(id, case_id, earlier, likeness, at, expires_at),
    )


async def locked(pair_id: UUID) -> Row | None:
    """A pair, held until the transaction ends."""
    return await fetch_row("SELECT * FROM cases_pair WHERE id = $1 FOR UPDATE", pair_id)


async def decide(pair_id: UUID, *, same: bool, by: UUID, at: datetime) -> None:
    """Write down what somebody decided."""
    await fetch(
        "UPDATE cases_pair SET same = $2, decided_by = $3, decided_at = $4 WHERE id = $1", pair_id, same, by, at
    )


async def settle(case_ids: Sequence[UUID], *, by: UUID, at: datetime) -> None:
    """Cases were merged by hand: the pair that they make is decided with it."""
    await fetch(
        "UPDATE cases_pair SET same = TRUE, decided_by = $2, decided_at = $3 "
        "WHERE older = ANY($1) AND newer = ANY($1) AND decided_at IS NULL",
        *(list(case_ids), by, at),
    )


async def never_again(case_ids: Sequence[UUID], *, by: UUID, at: datetime) -> None:
    """Cases were parted: they are two, whether or not they had been a pair."""
    await fetch(
        """
        INSERT INTO cases_pair (id, older, newer, likeness, proposed_at, same, decided_by, decided_at)
        SELECT gen_random_uuid(), a.id, b.id, 0, $3, FALSE, $2, $3
        FROM cases_case a JOIN cases_case b ON (a.received_at, a.id) < (b.received_at, b.id)
        WHERE a.id = ANY($1) AND b.id = ANY($1)
        ON CONFLICT (older, newer) DO UPDATE SET same = FALSE, decided_by = $2, decided_at = $3
        """,
        *(list(case_ids), by, at),
    )


_SIDE = "{c}.id AS {c}_id, {c}.number AS {c}_number, {c}.title AS {c}_title, {c}.state AS {c}_state"
_PAIR = f"""
SELECT p.id, p.distance_m, p.likeness, p.proposed_at, p.decided_at, p.same,
       {_SIDE.format(c="o")}, {_SIDE.format(c="c")}
FROM cases_pair p JOIN cases_case c ON c.id = p.newer JOIN cases_case o ON o.id = p.older
"""


async def pairs(by: Actor, *, limit: int, after: Position | None) -> Sequence[Row]:
    """Up to `limit` undecided pairs of open cases of which `by` sees the newer, the latest first."""
    found = Conditions()
    found.seen_by(sight(by))
    found.add("p.decided_at IS NULL AND o.closed_at IS NULL AND c.closed_at IS NULL")
    if after is not None:
        found.add("(p.proposed_at, p.id) < ({}, {})", after.at, after.id)
    return await fetch(
        f"{_PAIR} WHERE {found.sql} ORDER BY p.proposed_at DESC, p.id DESC LIMIT {found.value(limit)}", *found.values
    )


async def pairs_of(case_id: UUID) -> Sequence[Row]:
    """The undecided pairs of a case with open ones."""
    return await fetch(
        f"{_PAIR} WHERE $1 IN (p.older, p.newer) AND p.decided_at IS NULL AND o.closed_at IS NULL "
        "AND c.closed_at IS NULL ORDER BY p.likeness DESC, p.id",
        case_id,
    )


async def pair(pair_id: UUID) -> Row | None:
    """One pair with both its cases."""
    return await fetch_row(f"{_PAIR} WHERE p.id = $1", pair_id)


async def repeat(case_id: UUID, at: datetime) -> Row | None:
    """The mark of a case, while it counts."""
    return await fetch_row(
        "SELECT r.earlier, c.number, r.likeness, r.marked_at, r.expires_at FROM cases_repeat r "
        'JOIN cases_case c ON c.id = r.earlier WHERE r."case" = $1 AND r.expires_at > $2',
        *(case_id, at),
    )
