"""What somebody must carry, as plain questions to the tables: a reader that leaves something out is seen."""

from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch

_HIS = """
household IN (SELECT s.household FROM people_household_service s
              WHERE s.person = $1 AND s.valid_from <= $2 AND (s.valid_to IS NULL OR s.valid_to >= $2))
AND household IN (
    SELECT k.id FROM people_household k, people_role_assignment r JOIN territory_division d ON d.id = r.division
    WHERE r.person = $1 AND r.role IN ('cadre', 'assistant') AND k.division_code LIKE d.prefix || '%'
    AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2))
"""
_TRUTHS = {
    "households": f"SELECT id FROM (SELECT id, id AS household, closed_at FROM people_household) h "
    f"WHERE {_HIS} AND closed_at IS NULL",
    "visits": f"SELECT id, version FROM visits_visit WHERE recorded_by = $1 OR {_HIS}",
    "cases": f"SELECT id, state FROM cases_case WHERE assignee = $1 OR opened_by = $1 OR {_HIS}",
    "warnings": "SELECT id, state FROM antifraud_warning "
    "WHERE assignee = $1 AND state <> 'closed' AND received_at::date <= $2::date + 1",
    "tasks": "SELECT id, state FROM tasks_task "
    f"WHERE state IN ('open', 'acknowledged', 'declined') AND (assignee = $1 OR assignee IS NULL AND {_HIS})",
}

Truths = dict[str, dict[str, dict[str, Any]]]


async def truths(person_id: UUID) -> Truths:
    """By entity and id, what a record of it must say, among other things."""
    return {name: await _told(sql, person_id) for name, sql in _TRUTHS.items()}


async def _told(sql: str, person_id: UUID) -> dict[str, dict[str, Any]]:
    rows = await fetch(sql, person_id, clock.today())
    return {str(row["id"]): {name: value for name, value in row.items() if name != "id"} for row in rows}
