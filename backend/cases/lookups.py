"""Everything a new case is checked against, in one round trip: the first of the two that open a case."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases.routing import proposed
from backend.cases.routing_queries import ROUTE
from backend.cases.schemas import Proposal
from backend.core.clock import today
from backend.core.database import fetch, fetch_row


class Found(Struct, frozen=True, kw_only=True):
    """What the database knows of what a new case names. `sequence` is null where the case is there already.

    receiving_unit   the unit nearest to the place, for the clocks of a case that nobody has yet
    """

    stored_digest: bytes | None
    sequence: int | None
    household_id: UUID | None = None
    household_division_code: str | None = None
    serves: bool = False
    division_id: UUID | None = None
    division_code: str | None = None
    division_name: str | None = None
    household_code: str | None = None
    owner_unit: UUID | None = None
    owner_unit_name: str | None = None
    owner_unit_phone: str | None = None
    receiving_unit: UUID | None = None
    proposal: Proposal | None = None


async def look_up(
    *,
    case_id: UUID,
    household_id: UUID | None = None,
    division_code: str | None = None,
    person_id: UUID | None = None,
    categories: Sequence[str] = (),
    owner_unit: UUID | None = None,
) -> Found:
    """What is known; `owner_unit`: the opener's; `categories` is the line of the case's category, the deepest first."""
    row = await fetch_row(
        _LOOK_UP, case_id, household_id, division_code, person_id, list(categories), today(), owner_unit
    )
    facts: dict[str, Any] = dict(row or {})
    return Found(
        proposal=proposed(facts) if facts["route_id"] else None,
        **{name: facts[name] for name in Found.__struct_fields__ if name != "proposal"},
    )


class Numbering(Struct, frozen=True):
    """As many of the sequence's numbers as there are cases, and the unit nearest to each place."""

    sequences: list[int]
    receiving: dict[str, UUID | None]


async def number(count: int, *, division_codes: Sequence[str]) -> Numbering:
    """What many new cases need that were checked already, in one round trip."""
    rows = await fetch(
        f"""
        SELECT c.code, w.id AS unit_id,
               CASE WHEN c.place = 1 THEN ARRAY(SELECT nextval('cases_number') FROM generate_series(1, $2)) END AS given
        FROM unnest($1::text[]) WITH ORDINALITY AS c(code, place)
        LEFT JOIN LATERAL ({_RECEIVING.format(code="c.code")}) w ON TRUE ORDER BY c.place
        """,
        list(dict.fromkeys(division_codes)),
        count,
    )
    return Numbering(list(rows[0]["given"]), {row["code"]: row["unit_id"] for row in rows})


_RECEIVING = """
    SELECT u.id FROM people_unit u JOIN territory_division y ON y.id = u.division
    WHERE u.closed_at IS NULL AND starts_with({code}, y.prefix) AND u.kind IN ('government', 'station', 'department')
    ORDER BY length(y.prefix) DESC, u.kind <> 'government', u.kind <> 'station', u.id LIMIT 1
"""
_LOOK_UP = f"""
SELECT v.arguments_digest AS stored_digest, CASE WHEN v.id IS NULL THEN nextval('cases_number') END AS sequence,
       h.id AS household_id, h.code AS household_code, h.division_code AS household_division_code,
       h.id IS NOT NULL AND EXISTS (
           SELECT FROM people_household_service s WHERE s.household = h.id AND s.person = a.person_id
           AND s.valid_from <= a.day AND (s.valid_to IS NULL OR s.valid_to >= a.day)) AS serves,
       d.id AS division_id, d.code AS division_code, d.name AS division_name,
       o.id AS owner_unit, o.name AS owner_unit_name, o.public_phone AS owner_unit_phone, w.id AS receiving_unit, r.*
FROM (VALUES ($1::uuid, $2::uuid, $3::text, $4::uuid, $5::varchar[], $6::date))
     AS a(case_id, household_id, division_code, person_id, categories, day)
LEFT JOIN cases_case v ON v.id = a.case_id
LEFT JOIN people_household h ON h.id = a.household_id
LEFT JOIN LATERAL (
    SELECT x.id, x.code, x.name FROM territory_division x
    WHERE x.code = coalesce(a.division_code, h.division_code)
    ORDER BY x.valid_from <= a.day AND (x.valid_to IS NULL OR x.valid_to >= a.day) DESC, x.valid_from DESC LIMIT 1
) d ON TRUE
LEFT JOIN people_unit o ON o.id = $7::uuid
LEFT JOIN LATERAL ({_RECEIVING.format(code="d.code")}) w ON TRUE
LEFT JOIN LATERAL ({ROUTE.format(categories="a.categories", code="d.code", day="a.day")}) r ON TRUE
"""
