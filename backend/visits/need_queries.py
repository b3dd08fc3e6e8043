"""The SQL of needs. Raw, because what a need shows comes from five tables and must be one snapshot."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from backend.core.clock import today
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Scope
from backend.visits.need_schemas import NeedFilters
from backend.visits.tables import NeedState
from backend.visits.visibility import Conditions

Row = Mapping[str, Any]

_SHOWN = """
SELECT n.id, n.visit AS visit_id, n.household AS household_id, h.code AS household_code, n.division_code, n.category,
       n.description, n.state, n.state_since, n.received_at, n.contested_at, v.recorded_by,
       coalesce(s.person, v.recorded_by) AS responsible, step.*
FROM picked JOIN visits_need n USING (id) JOIN visits_visit v ON v.id = n.visit
LEFT JOIN people_household h ON h.id = n.household
LEFT JOIN people_household_service s ON s.household = n.household
     AND s.valid_from <= {day} AND (s.valid_to IS NULL OR s.valid_to >= {day})
LEFT JOIN LATERAL (
    SELECT e.id AS step_id, e.at AS step_at, e."by" AS step_by, p.name AS step_by_name, e.event AS step_event,
           e.from_state AS step_from_state, e.to_state AS step_to_state, e.remark AS step_remark
    FROM visits_need_event e JOIN people_person p ON p.id = e."by"
    WHERE e.need = n.id ORDER BY e.at DESC, e.id DESC LIMIT 1
) step ON TRUE
"""


_OF_CAMPAIGN = (
    "n.visit IN (SELECT v.id FROM visits_visit v JOIN visits_campaign c ON c.id = v.campaign WHERE c.code = {})"
)


def conditions(scope: Scope, filters: NeedFilters, prefixes: Sequence[str] | None) -> Conditions:
    """The filters over what `scope` sees; `prefixes` are those of the division asked for, None for no such filter."""
    found = Conditions()
    found.needs_of(scope)
    if prefixes is not None:
        found.add(found.under("n.division_code", prefixes))
    if filters.campaign_code is not None:
        found.add(_OF_CAMPAIGN, filters.campaign_code)
    for sql, value in (
        ("n.state = {}", filters.state),
        ("n.household = {}", filters.household_id),
        ("n.received_at >= {}", filters.received_from),
        ("n.received_at < {}", filters.received_to),
    ):
        if value is not None:
            found.add(sql, value)
    return found


def recorded_by(person_id: UUID) -> Conditions:
    """The needs of the contacts that one person recorded."""
    found = Conditions()
    found.add("n.visit IN (SELECT v.id FROM visits_visit v WHERE v.recorded_by = {})", person_id)
    return found


async def needs(
    found: Conditions, *, order: Literal["received_at", "state_since"], limit: int, after: Position | None
) -> Sequence[Row]:
    """Rows in descending order. The page is cut before anything is joined to it."""
    if after is not None:
        found.add(f"(n.{order}, n.id) < ({{}}, {{}})", after.at, after.id)
    in_order = f"ORDER BY n.{order} DESC, n.id DESC"
    picked = f"SELECT n.id FROM visits_need n WHERE {found.sql} {in_order} LIMIT {found.value(limit)}"
    shown = _SHOWN.format(day=found.value(today()))
    return await fetch(f"WITH picked AS ({picked}) {shown} {in_order}", *found.values)


async def need(need_id: UUID, *, scope: Scope) -> Row | None:
    """One need, if `scope` sees it."""
    found = Conditions()
    found.add("n.id = {}", need_id)
    found.needs_of(scope)
    shown = _SHOWN.format(day=found.value(today()))
    return await fetch_row(f"WITH picked AS (SELECT n.id FROM visits_need n WHERE {found.sql}) {shown}", *found.values)


async def state_counts(found: Conditions) -> dict[str, int]:
    """How many needs are in each state, and how many were ever contested: one pass over one snapshot."""
    counted = ", ".join(f"count(*) FILTER (WHERE n.state = '{state}') AS {state}" for state in NeedState)
    row = await fetch_row(
        f"SELECT {counted}, count(n.contested_at) AS contested FROM visits_need n WHERE {found.sql}", *found.values
    )
    return dict(row or {})


async def steps(need_id: UUID) -> list[dict[str, Any]]:
    """The steps of a need, oldest first."""
    rows = await fetch(
        'SELECT e.id, e.at, e."by", p.name AS by_name, e.event, e.from_state, e.to_state, e.remark '
        'FROM visits_need_event e JOIN people_person p ON p.id = e."by" WHERE e.need = $1 ORDER BY e.at, e.id',
        need_id,
    )
    return [dict(row) for row in rows]


async def lock(need_id: UUID) -> None:
    """Hold the need until the transaction ends."""
    await fetch("SELECT 1 FROM visits_need WHERE id = $1 FOR UPDATE", need_id)


async def step(step_id: UUID) -> Any:
    """What a step says: need, by, event, to_state, remark; None when there is no such step."""
    return await fetch_row('SELECT need, "by", event, to_state, remark FROM visits_need_event WHERE id = $1', step_id)


async def take_step(
    *,
    step_id: UUID,
    need_id: UUID,
    at: datetime,
    by: UUID,
    from_state: NeedState,
    to_state: NeedState,
    event: str,
    remark: str | None,
) -> bool:
    """Write the step and move the need, in one statement. False when the id is another need's step already."""
    row = await fetch_row(
        """
        WITH step AS (
            INSERT INTO visits_need_event (id, need, at, "by", from_state, to_state, event, remark)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING need, at, to_state, event
        )
        UPDATE visits_need n SET state = step.to_state, state_since = step.at,
               contested_at = CASE step.event WHEN 'contested' THEN step.at ELSE n.contested_at END
        FROM step WHERE n.id = step.need RETURNING n.id
        """,
        step_id,
        need_id,
        at,
        by,
        from_state,
        to_state,
        event,
        remark,
    )
    return row is not None
