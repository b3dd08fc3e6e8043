"""The SQL of counting an audience: the same people as `planning_subjects` names, and nothing written."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from backend.core import clock
from backend.core.database import fetch_row
from backend.push.delivery_sql import CONSENTED, USABLE
from backend.push.policies import push_policy

_COUNT = f"""
WITH audience AS MATERIALIZED (
    SELECT DISTINCT r.person AS subject, TRUE AS staff
    FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
    WHERE r.role = ANY($2::text[]) AND r.valid_from <= $5::date AND (r.valid_to IS NULL OR r.valid_to >= $5)
    AND EXISTS (SELECT FROM unnest($1::text[]) AS x(prefix) WHERE starts_with(v.code, x.prefix))
    UNION ALL
    SELECT DISTINCT c.subject, FALSE
    FROM unnest($1::text[]) AS x(prefix) JOIN push_address c
        ON c.division_code >= x.prefix AND c.division_code < x.prefix || ':'
    WHERE $3 AND c.dead_at IS NULL AND c.subject_kind <> 'person'
    AND (cardinality($4::text[]) = 0 OR c.interests && $4::varchar[])
),
reachable AS (
    SELECT DISTINCT a.subject FROM audience t JOIN push_address a ON a.subject = t.subject
    WHERE {USABLE.format(fresh="$6")} AND {CONSENTED} AND a.kind = ANY($7::text[])
)
SELECT count(*) FILTER (WHERE t.staff) AS staff, count(*) FILTER (WHERE NOT t.staff) AS citizens,
       count(*) FILTER (WHERE r.subject IS NULL) AS inbox_only
FROM audience t LEFT JOIN reachable r ON r.subject = t.subject
"""


async def people_under(
    prefixes: Sequence[str], *, roles: Sequence[str], citizens: bool, interests: Sequence[str], kinds: Sequence[str]
) -> Mapping[str, Any]:
    """Staff and citizens, and how many of both have no usable address of one of `kinds`."""
    fresh_since = clock.now() - timedelta(days=push_policy(clock.today()).token_days)
    asked = (list(prefixes), list(roles), citizens, list(interests), clock.today(), fresh_since, list(kinds))
    row = await fetch_row(_COUNT, *asked)
    assert row is not None  # noqa: S101 - a SELECT of counts always has a row
    return row
