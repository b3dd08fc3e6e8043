"""The SQL of hot spots: one pass over a window of cases, and the baseline of those few places that stand out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.loop_policies import HotSpotPolicy
from backend.core.clock import today
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Scope

Row = Mapping[str, Any]

# A village with its cells: a cell of thirty households is too small for a spot of its own.
_FIND = """
WITH spot AS (
    SELECT left(c.division_code, 12) AS code, c.category_code, count(*) AS cases_n,
           count(DISTINCT coalesce(encode(c.contact_phone_index, 'hex'), c.household::text, c.id::text)) AS people_n,
           array_agg(c.id) AS case_ids
    FROM cases_case c
    WHERE c.received_at > $1 AND c.received_at <= $2 AND c.state NOT IN ('merged', 'withdrawn')
    GROUP BY 1, 2
    HAVING count(DISTINCT coalesce(encode(c.contact_phone_index, 'hex'), c.household::text, c.id::text)) >= $3
), held AS (
    SELECT s.*, d.id AS division, b.n * $5::float8 AS expected_n
    FROM spot s
    JOIN LATERAL (
        SELECT d.id FROM territory_division d WHERE d.code = s.code AND d.valid_from <= $6
        AND (d.valid_to IS NULL OR d.valid_to >= $6) LIMIT 1
    ) d ON TRUE
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM cases_case o
        WHERE o.division_code >= s.code AND o.division_code < s.code || ':' AND o.category_code = s.category_code
          AND o.received_at > $4 AND o.received_at <= $1 AND o.state NOT IN ('merged', 'withdrawn')
    ) b
)
SELECT code, category_code, division, cases_n, people_n, expected_n, case_ids FROM held
WHERE cases_n >= $7 * expected_n AND NOT EXISTS (
    SELECT FROM cases_hot_spot h WHERE h.division_code = held.code AND h.category_code = held.category_code
    AND h.decided_at > $8)
ORDER BY people_n DESC, code, category_code
"""


async def standing_out(policy: HotSpotPolicy, at: datetime) -> Sequence[Row]:
    """Places and topics that stand out now and were not decided on lately."""
    begins = at - policy.window
    return await fetch(
        _FIND,
        *(begins, at, policy.least_people, begins - policy.baseline, policy.window / policy.baseline, today()),
        *(policy.times_baseline, at - policy.kept),
    )


_PROPOSE = """
INSERT INTO cases_hot_spot (id, division, division_code, category_code, window_from, window_to, cases_n, people_n,
                            expected_n, state, found_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'proposed', $6, $10)
ON CONFLICT (division_code, category_code) WHERE state = 'proposed' DO UPDATE SET
    window_from = excluded.window_from, window_to = excluded.window_to, cases_n = excluded.cases_n,
    people_n = excluded.people_n, expected_n = excluded.expected_n, expires_at = excluded.expires_at
RETURNING id
"""


async def propose(id: UUID, row: Row, *, policy: HotSpotPolicy, at: datetime) -> UUID:
    """Propose one, or bring the one that waits up to date; its id."""
    written = await fetch_row(
        _PROPOSE,
        *(id, row["division"], row["code"], row["category_code"], at - policy.window, at, row["cases_n"]),
        *(row["people_n"], row["expected_n"], at + policy.kept),
    )
    spot_id: UUID = written["id"] if written else id
    await fetch(
        'INSERT INTO cases_hot_spot_case (id, hot_spot, "case") '
        "SELECT gen_random_uuid(), $1, c FROM unnest($2::uuid[]) AS c ON CONFLICT DO NOTHING",
        *(spot_id, row["case_ids"]),
    )
    return spot_id


async def expire(at: datetime) -> list[UUID]:
    """Those nobody decided on in time."""
    rows = await fetch(
        "UPDATE cases_hot_spot SET state = 'expired' WHERE state = 'proposed' AND expires_at <= $1 RETURNING id", at
    )
    return [row["id"] for row in rows]


async def locked(id: UUID) -> Row | None:
    """One, held until the transaction ends."""
    return await fetch_row("SELECT * FROM cases_hot_spot WHERE id = $1 FOR UPDATE", id)


async def case_ids(id: UUID) -> list[UUID]:
    """Its cases, in the order in which they are held."""
    rows = await fetch('SELECT "case" FROM cases_hot_spot_case WHERE hot_spot = $1 ORDER BY "case"', id)
    return [row["case"] for row in rows]


async def decide(id: UUID, *, state: str, reason: str, lead_unit: UUID | None, by: UUID, at: datetime) -> None:
    """Write down what a supervisor decided."""
    await fetch(
        "UPDATE cases_hot_spot SET state = $2, reason = $3, lead_unit = $4, decided_by = $5, decided_at = $6 "
        "WHERE id = $1",
        *(id, state, reason, lead_unit, by, at),
    )


_SHOWN = """
SELECT h.*, d.name AS division_name, k.name_zh, k.name_en, u.name AS unit_name, u.public_phone,
       ARRAY(SELECT x."case" FROM cases_hot_spot_case x WHERE x.hot_spot = h.id ORDER BY x."case") AS case_ids
FROM cases_hot_spot h JOIN territory_division d ON d.id = h.division
LEFT JOIN cases_category k ON k.code = h.category_code LEFT JOIN people_unit u ON u.id = h.lead_unit
"""


async def shown(scope: Scope, *, state: str | None, limit: int, after: Position | None) -> Sequence[Row]:
    """Up to `limit` hot spots of a territory, the latest first."""
    where, values = scope.clause("h.division_code", 5)
    return await fetch(
        f"{_SHOWN} WHERE {where} AND ($1::text IS NULL OR h.state = $1) "
        "AND ($2::timestamptz IS NULL OR (h.found_at, h.id) < ($2, $3::uuid)) "
        "ORDER BY h.found_at DESC, h.id DESC LIMIT $4",
        *(state, after and after.at, after and after.id, limit),
        *values,
    )


async def one(id: UUID) -> Row | None:
    """One hot spot as it is shown."""
    return await fetch_row(f"{_SHOWN} WHERE h.id = $1", id)
