"""How many suggestions (建言献策) a unit's people handed in, and at how many joint meetings (工作例会) it was."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from backend.core.database import fetch

_SUGGESTIONS = """
SELECT r.unit, count(DISTINCT c.id) AS n FROM cases_case c
JOIN people_role_assignment r ON r.person = c.opened_by AND r.unit = ANY($1)
    AND r.valid_from <= (c.received_at AT TIME ZONE 'Asia/Shanghai')::date
    AND (r.valid_to IS NULL OR r.valid_to >= (c.received_at AT TIME ZONE 'Asia/Shanghai')::date)
WHERE c.kind = 'suggestion' AND c.received_at >= $2 AND c.received_at < $3 GROUP BY r.unit
"""
_MEETINGS = """
SELECT p.unit, count(*) AS n FROM cases_meeting_party p JOIN cases_meeting m ON m.id = p.meeting
WHERE p.unit = ANY($1) AND p.attended AND m.state = 'concluded' AND m.meets_at >= $2 AND m.meets_at < $3
GROUP BY p.unit
"""


async def count_suggestions(*, unit_ids: Collection[UUID], since: datetime, until: datetime) -> dict[UUID, int]:
    """By unit: suggestions that came in through whoever held a role there on that day, his own or a citizen's.

    A unit without one is left out.
    """
    return await _by_unit(_SUGGESTIONS, unit_ids, since, until)


async def count_meetings(*, unit_ids: Collection[UUID], since: datetime, until: datetime) -> dict[UUID, int]:
    """By unit: meetings of the span that were concluded and to which it came. A unit without one is left out."""
    return await _by_unit(_MEETINGS, unit_ids, since, until)


async def _by_unit(sql: str, unit_ids: Collection[UUID], since: datetime, until: datetime) -> dict[UUID, int]:
    return {row["unit"]: row["n"] for row in await fetch(sql, list(unit_ids), since, until)}
