"""The SQL of who a warning came to: push's recipients and the tasks of groups' owners, along their own indexes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import fetch

Row = Mapping[str, Any]

_NAME = """LEFT JOIN LATERAL (SELECT d.code, d.name FROM territory_division d
    WHERE d.code = rpad(c.place, 12, '0') ORDER BY d.valid_from DESC LIMIT 1) v ON TRUE"""

_PEOPLE = f"""
WITH c AS (
    SELECT left(r.division_code, $2) AS place, count(*) AS recipients,
           count(*) FILTER (WHERE r.reached IN ('delivered', 'shown')
               OR r.seen_at IS NOT NULL OR r.acknowledged_at IS NOT NULL) AS reached,
           count(r.acknowledged_at) AS acknowledged,
           count(*) FILTER (WHERE r.reached = 'unreachable' AND r.seen_at IS NULL) AS unreachable
    FROM push_recipient r WHERE r.notice = $1 AND r.subject_kind <> 'group'
    AND ($3::text IS NULL OR starts_with(r.division_code, $3)) GROUP BY 1
)
SELECT c.*, v.code, v.name FROM c {_NAME} ORDER BY c.place NULLS LAST
"""

_GROUPS = f"""
WITH c AS (
    SELECT left(t.division_code, $2) AS place, count(*) AS groups, coalesce(sum(t.headcount), 0) AS group_people,
           count(*) FILTER (WHERE t.state = 'done') AS posted,
           coalesce(sum(t.headcount) FILTER (WHERE t.state = 'done'), 0) AS posted_people
    FROM tasks_task t WHERE t.origin_room = 'push' AND t.origin_id = $1 AND t.kind = 'forward_text'
    AND ($3::text IS NULL OR starts_with(t.division_code, $3)) GROUP BY 1
)
SELECT c.*, v.code, v.name FROM c {_NAME} ORDER BY c.place NULLS LAST
"""


async def people(notice_id: UUID, *, length: int, under: str | None) -> Sequence[Row]:
    """By the first `length` digits of where they live or serve: recipients, reached, acknowledged, unreachable."""
    return await fetch(_PEOPLE, notice_id, length, under)


async def groups(notice_id: UUID, *, length: int, under: str | None) -> Sequence[Row]:
    """The same of groups: groups, group_people, posted, posted_people."""
    return await fetch(_GROUPS, notice_id, length, under)
