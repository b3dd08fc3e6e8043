"""The SQL of needs: the cases that were found at visits. Raw, because what a need shows must be one snapshot."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from backend.cases.visibility import Conditions, Sight
from backend.core.clock import today
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.household_queries import SERVED_ON
from backend.visits.need_schemas import NeedFilters
from backend.visits.need_states import LINES, STATE_OF_CASE
from backend.visits.tables import NeedState

Row = Mapping[str, Any]

FOUND_AT_VISITS = "c.origin_room = 'visits'"

_SERVED = SERVED_ON.replace("${n}", "{day}")
_SHOWN = f"""
SELECT c.id, c.number, c.origin_id AS visit_id, c.household AS household_id, h.code AS household_code, c.division_code,
       c.category_code AS category, c.description, {STATE_OF_CASE} AS state, c.state_since, c.received_at,
       c.opened_by AS recorded_by, coalesce(s.person, c.opened_by) AS responsible,
       (SELECT json_agg(json_build_object('id', e.id, 'at', e.at, 'by', e."by", 'by_name', p.name, 'kind', e.kind,
                                          'payload', e.payload) ORDER BY e.seq)
        FROM cases_event e LEFT JOIN people_person p ON p.id = e."by"
        WHERE e."case" = c.id AND e.kind = ANY({{kinds}})) AS lines
FROM picked JOIN cases_case c USING (id)
LEFT JOIN people_household h ON h.id = c.household
LEFT JOIN people_household_service s ON s.household = c.household AND {_SERVED}
"""


_OF_CAMPAIGN = (
    "c.origin_id IN (SELECT v.id FROM visits_visit v JOIN visits_campaign w ON w.id = v.campaign WHERE w.code = {})"
)


def conditions(reader: Sight, filters: NeedFilters, prefixes: Sequence[str] | None) -> Conditions:
    """The filters over what `reader` sees; `prefixes` are those of the division asked for, None for no such filter."""
    found = seen_by(reader)
    if prefixes is not None:
        found.add(found.under("c.division_code", prefixes))
    if filters.campaign_code is not None:
        found.add(_OF_CAMPAIGN, filters.campaign_code)
    for sql, value in (
        (f"{STATE_OF_CASE} = {{}}", filters.state),
        ("c.household = {}", filters.household_id),
        ("c.received_at >= {}", filters.received_from),
        ("c.received_at < {}", filters.received_to),
    ):
        if value is not None:
            found.add(sql, value)
    return found


def seen_by(reader: Sight) -> Conditions:
    """The needs that `reader` sees."""
    found = Conditions()
    found.seen_by(reader)
    found.add(FOUND_AT_VISITS)
    return found


def recorded_by(person_id: UUID) -> Conditions:
    """The needs of the contacts that one person recorded."""
    found = Conditions()
    found.add(FOUND_AT_VISITS)
    found.add("c.opened_by = {}", person_id)
    return found


async def needs(
    found: Conditions, *, order: Literal["received_at", "state_since"], limit: int, after: Position | None
) -> Sequence[Row]:
    """Rows in descending order. The page is cut before anything is joined to it."""
    if after is not None:
        found.add(f"(c.{order}, c.id) < ({{}}, {{}})", after.at, after.id)
    in_order = f"ORDER BY c.{order} DESC, c.id DESC"
    picked = f"SELECT c.id FROM cases_case c WHERE {found.sql} {in_order} LIMIT {found.value(limit)}"
    return await fetch(f"WITH picked AS ({picked}) {_shown(found)} {in_order}", *found.values)


async def need(need_id: UUID, *, reader: Sight) -> Row | None:
    """One need, if `reader` sees it."""
    found = seen_by(reader)
    found.add("c.id = {}", need_id)
    picked = f"SELECT c.id FROM cases_case c WHERE {found.sql}"
    return await fetch_row(f"WITH picked AS ({picked}) {_shown(found)}", *found.values)


async def state_counts(found: Conditions) -> dict[str, int]:
    """How many needs are in each state, and how many were ever contested: one pass over one snapshot."""
    counted = ", ".join(f"count(*) FILTER (WHERE n.state = '{state}') AS {state}" for state in NeedState)
    row = await fetch_row(
        f"""
        SELECT {counted}, count(*) FILTER (WHERE n.contested AND n.state <> 'withdrawn') AS contested FROM (
            SELECT {STATE_OF_CASE} AS state, c.reopened_n > 0 AND EXISTS (
                SELECT FROM cases_event e WHERE e."case" = c.id AND e.kind = 'contested') AS contested
            FROM cases_case c WHERE {found.sql}) n
        """,
        *found.values,
    )
    return dict(row or {})


async def lock(need_id: UUID) -> None:
    """Hold the need until the transaction ends."""
    await fetch("SELECT 1 FROM cases_case WHERE id = $1 FOR UPDATE", need_id)


async def step_kind(step_id: UUID) -> str | None:
    """What kind of line stands under an id already."""
    row = await fetch_row("SELECT kind FROM cases_event WHERE id = $1", step_id)
    return row["kind"] if row else None


def _shown(found: Conditions) -> str:
    return _SHOWN.format(day=found.value(today()), kinds=found.value(LINES))


async def known_needs(need_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are needs already."""
    return {row["id"] for row in await fetch("SELECT id FROM cases_case WHERE id = ANY($1)", list(need_ids))}
