"""The SQL of those whom no way reached. All of it starts from the partial index on them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend.core.database import fetch
from backend.people.household_queries import SERVED_ON

Row = Mapping[str, Any]

_NAMED = """LEFT JOIN LATERAL (
    SELECT d.name FROM territory_division d WHERE d.code = {code} ORDER BY d.valid_from DESC LIMIT 1) {alias} ON TRUE"""


async def places(notice_id: UUID, *, prefixes: Sequence[str] | None, limit: int) -> Sequence[Row]:
    """Villages (staff: the place of their role) by how many were not reached; `strangers` have no account, no card."""
    return await fetch(
        f"""
        WITH counted AS (
            SELECT left(division_code, 12) AS place, count(*) AS people,
                   count(*) FILTER (WHERE subject_kind = 'citizen') AS strangers,
                   sum(count(*)) OVER ()::int AS all_people, count(*) OVER () AS all_places
            FROM push_recipient WHERE notice = $1 AND reached = 'unreachable' AND subject_kind <> 'group'
            AND ($3::text[] IS NULL OR EXISTS (
                SELECT FROM unnest($3::text[]) AS his(prefix) WHERE starts_with(division_code, his.prefix)))
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2
        )
        SELECT c.*, v.name AS division_name, t.name AS township_name FROM counted c
        {_NAMED.format(code="c.place", alias="v")}
        {_NAMED.format(code="CASE WHEN right(c.place, 3) <> '000' THEN left(c.place, 9) || '000' END", alias="t")}
        ORDER BY c.people DESC, c.place
        """,
        notice_id,
        limit,
        None if prefixes is None else list(prefixes),
    )


async def doors(notice_id: UUID, codes: Sequence[str], *, each: int, on: date) -> dict[str, list[Row]]:
    """By place, at most `each`: households with who serves them that day, and staff by name (household_id null)."""
    rows = await fetch(
        f"""
        SELECT u.place, h.id AS household_id, h.code AS household_code, COALESCE(own.name, p.name) AS served_by FROM (
            SELECT left(r.division_code, 12) AS place, r.subject,
                   row_number() OVER (PARTITION BY left(r.division_code, 12) ORDER BY r.subject_kind, r.subject) AS nth
            FROM push_recipient r
            WHERE r.notice = $1 AND r.reached = 'unreachable' AND r.subject_kind IN ('person', 'household')
            AND left(r.division_code, 12) = ANY($2)
        ) u
        LEFT JOIN people_household h ON h.id = u.subject
        LEFT JOIN people_household_service s ON s.household = h.id AND {SERVED_ON.format(n=3)}
        LEFT JOIN people_person p ON p.id = s.person
        LEFT JOIN people_person own ON own.id = u.subject
        WHERE u.nth <= $4 AND (h.id IS NOT NULL OR own.id IS NOT NULL) ORDER BY u.place, served_by, h.code
        """,
        notice_id,
        list(codes),
        on,
        each,
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["place"], []).append({name: value for name, value in row.items() if name != "place"})
    return found


async def cadres(codes: Sequence[str], *, on: date) -> dict[str, list[str]]:
    """By village, who goes from door to door there: the names of its cadres and police assistants of that day."""
    rows = await fetch(
        """
        SELECT v.code, array_agg(DISTINCT p.name ORDER BY p.name) AS names
        FROM territory_division v JOIN people_role_assignment r ON r.division = v.id
            AND r.role IN ('cadre', 'assistant') AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2)
        JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
        WHERE v.code = ANY($1) GROUP BY v.code
        """,
        list(codes),
        on,
    )
    return {row["code"]: row["names"] for row in rows}
