"""How many visits (走访) a unit's people made in a span: of the unit, never of one of them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from backend.core.database import fetch

_VISITS = """
SELECT h.unit, sum(k.n)::int AS n FROM (
    SELECT DISTINCT r.unit, r.person FROM people_role_assignment r WHERE r.unit = ANY($1)
    AND r.valid_from <= ($3::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
    AND (r.valid_to IS NULL OR r.valid_to >= ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)) h
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM visits_visit v
    WHERE v.recorded_by = h.person AND v.occurred_at >= $2 AND v.occurred_at < $3 AND v.channel = 'visit'
    AND EXISTS (
        SELECT FROM people_role_assignment r WHERE r.person = h.person AND r.unit = h.unit
        AND r.valid_from <= (v.occurred_at AT TIME ZONE 'Asia/Shanghai')::date
        AND (r.valid_to IS NULL OR r.valid_to >= (v.occurred_at AT TIME ZONE 'Asia/Shanghai')::date))) k
GROUP BY h.unit HAVING sum(k.n) > 0
"""


async def count_visits(*, unit_ids: Collection[UUID], since: datetime, until: datetime) -> dict[UUID, int]:
    """By unit: contacts in person, of whoever held a role there on that day. A unit without one is left out.

    A visit of somebody who belongs to two units counts at both: the sum of units may exceed the visits.
    """
    rows = await fetch(_VISITS, list(unit_ids), since, until)
    return {row["unit"]: row["n"] for row in rows}
