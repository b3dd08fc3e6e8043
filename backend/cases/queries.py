"""The SQL of single cases: held, read, and what stands around them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.cases.visibility import SERVED_BY
from backend.core.clock import today
from backend.core.database import fetch, fetch_row
from backend.territory.tables import POINT_COLUMNS

Row = Mapping[str, Any]

_HELD = (
    *("id", "number", "state", "kind", "category_code", "policy_code", "division", "division_code", "household"),
    *("owner_unit", "assignee_unit", "assignee", "opened_by", "hops", "loop", "reopened_n", "opened_at"),
    *("received_at", "upstream_due_at", "responded_at", "closed_at", "merged_into", "origin_room"),
)
_POINT = ", ".join(f"c.{name}" for name in POINT_COLUMNS)


async def lock(case_id: UUID) -> None:
    """Hold a case until the transaction ends."""
    await fetch("SELECT 1 FROM cases_case WHERE id = $1 FOR UPDATE", case_id)


async def held(case_id: UUID, *, step_id: UUID | None = None) -> Row | None:
    """The row of `holding.Held`, and what stands under a step's id already: its case, kind and payload."""
    return await fetch_row(
        f"""
        SELECT {", ".join(f'c."{name}"' for name in _HELD)}, {SERVED_BY.format(household="c.household", day="$2")}
               AS served_by, t.seq, t.digest, e."case" AS step_case, e.kind AS step_kind, e.payload AS step_payload
        FROM cases_case c JOIN cases_timeline_head t ON t."case" = c.id
        LEFT JOIN cases_event e ON e.id = $3 WHERE c.id = $1
        """,
        case_id,
        today(),
        step_id,
    )


async def of_origin(origin_room: str, origin_id: UUID) -> Sequence[Row]:
    """Id and place of the cases that come from one record of another room."""
    return await fetch(
        "SELECT id, household, division_code FROM cases_case WHERE origin_room = $1 AND origin_id = $2 ORDER BY id",
        origin_room,
        origin_id,
    )


_SHOWN = f"""
SELECT c.id, c.number, c.channel, c.kind, c.category_code, c.title, c.description, c.place_note, {_POINT},
       c.household AS household_id, h.code AS household_code, c.division_code, d.name AS division_name,
       c.contact_name_sealed IS NOT NULL OR c.contact_phone_sealed IS NOT NULL AS has_contact,
       c.origin_room, c.origin_id, c.upstream_number, c.upstream_due_at, c.state, c.state_since, c.outcome,
       c.satisfaction, c.policy_code, c.hops, c.loop, c.reopened_n, c.merged_into, c.opened_at, c.received_at,
       c.entered_late, c.responded_at, c.resolved_at, c.closed_at, c.version,
       c.owner_unit, o.name AS owner_unit_name, o.public_phone AS owner_unit_phone,
       c.assignee_unit, u.name AS assignee_unit_name, u.public_phone AS assignee_unit_phone,
       c.assignee, a.name AS assignee_name, c.opened_by, p.name AS opened_by_name,
       k.name_zh AS category_zh, k.name_en AS category_en
FROM {{source}}
JOIN territory_division d ON d.id = c.division
LEFT JOIN cases_category k ON k.code = c.category_code
LEFT JOIN people_household h ON h.id = c.household
LEFT JOIN people_unit o ON o.id = c.owner_unit
LEFT JOIN people_unit u ON u.id = c.assignee_unit
LEFT JOIN people_person a ON a.id = c.assignee
LEFT JOIN people_person p ON p.id = c.opened_by
"""


def shown(source: str = "cases_case c") -> str:
    """Cases as they are shown, out of a source that has `c` in it.

    A page is cut in the source: behind eight joins PostgreSQL no longer moves it to the front, and would join them all.
    """
    return _SHOWN.format(source=source)


async def case(case_id: UUID) -> Row | None:
    """One case as it is shown, with who serves its household today. Whether it may be shown, the caller looks."""
    served_by = SERVED_BY.format(household="x.household_id", day="$2")
    return await fetch_row(
        f"SELECT x.*, {served_by} AS served_by, "
        "ARRAY(SELECT f.id FROM media_photo f WHERE f.claimed_kind = 'case' AND f.claimed_id = x.id "
        "AND NOT f.reasons @> ARRAY['purged']::varchar[] ORDER BY f.id) "
        f"AS photo_ids FROM ({shown()} WHERE c.id = $1) x",
        case_id,
        today(),
    )


async def lines(case_id: UUID, *, public_only: bool = False) -> Sequence[Row]:
    """The lines of a timeline as they are shown, oldest first."""
    return await fetch(
        """
        SELECT e.id, e.seq, e.kind, e.public, e.at, e.payload, e."by", p.name AS by_name,
               e.by_unit, u.name AS unit_name, u.public_phone AS unit_phone
        FROM cases_event e LEFT JOIN people_person p ON p.id = e."by" LEFT JOIN people_unit u ON u.id = e.by_unit
        WHERE e."case" = $1 AND (e.public OR NOT $2) ORDER BY e.seq
        """,
        case_id,
        public_only,
    )


async def unit(unit_id: UUID) -> Row | None:
    """An open unit: its name, public phone and the code of its division."""
    return await fetch_row(
        "SELECT u.id, u.name, u.public_phone, d.code AS division_code FROM people_unit u "
        "JOIN territory_division d ON d.id = u.division WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )


async def contact(case_id: UUID) -> Row | None:
    """The sealed contact of a case."""
    return await fetch_row("SELECT contact_name_sealed, contact_phone_sealed FROM cases_case WHERE id = $1", case_id)


async def lines_of_kinds(case_id: UUID, kinds: Sequence[str]) -> list[UUID]:
    """The lines of these kinds."""
    rows = await fetch('SELECT id FROM cases_event WHERE "case" = $1 AND kind = ANY($2)', case_id, list(kinds))
    return [row["id"] for row in rows]
