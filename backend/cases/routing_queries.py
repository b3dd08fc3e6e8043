"""The SQL of the routing table."""

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases.schemas import DivisionShown, NewRoute, UnitShown
from backend.core.database import fetch, fetch_row

ROUTE = """
SELECT r.id AS route_id, r.category_code, r.prefix, r.automatic, r.source, r.unit AS unit_id, u.name AS unit_name,
       u.public_phone AS unit_phone, v.name AS route_division
FROM cases_route r JOIN people_unit u ON u.id = r.unit JOIN territory_division v ON v.id = r.division
WHERE r.category_code = ANY({categories}) AND starts_with({code}, r.prefix) AND u.closed_at IS NULL
  AND r.valid_from <= {day} AND (r.valid_to IS NULL OR r.valid_to >= {day})
ORDER BY length(r.prefix) DESC, array_position({categories}, r.category_code), r.valid_from DESC LIMIT 1
"""
"""The longest prefix wins, then the deepest category, then the newest row. `categories`: the deepest first."""


class RouteRecord(Struct, frozen=True, kw_only=True):
    """A row of the routing table. `automatic`: it dispatches by itself."""

    id: UUID
    category_code: str
    division: DivisionShown
    unit: UnitShown
    automatic: bool
    valid_from: date
    valid_to: date | None
    source: str


async def insert(id: UUID, new: NewRoute, *, division_id: UUID, prefix: str, day: date) -> bool:
    """Write a row; false where the id was taken."""
    row = await fetch_row(
        "INSERT INTO cases_route (id, category_code, division, prefix, unit, automatic, valid_from, valid_to, source) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING id",
        *(id, new.category_code, division_id, prefix, new.unit_id, new.automatic),
        *(new.valid_from or day, new.valid_to, new.source),
    )
    return row is not None


_SHOWN = """
SELECT r.id, r.category_code, d.code AS division_code, d.name AS division_name, r.unit, u.name, u.public_phone,
       r.automatic, r.valid_from, r.valid_to, r.source
FROM cases_route r JOIN territory_division d ON d.id = r.division JOIN people_unit u ON u.id = r.unit
"""


async def route(id: UUID) -> RouteRecord | None:
    """One row."""
    row = await fetch_row(f"{_SHOWN} WHERE r.id = $1", id)
    return _record(row) if row else None


async def routes(*, prefixes: tuple[str, ...], category_code: str | None, day: date) -> list[RouteRecord]:
    """Rows that have not ended, in one of these territories or above it."""
    rows = await fetch(
        f"""
        {_SHOWN} WHERE (r.valid_to IS NULL OR r.valid_to >= $1) AND ($2::text IS NULL OR r.category_code = $2)
        AND EXISTS (SELECT FROM unnest($3::text[]) p WHERE starts_with(p, r.prefix) OR starts_with(r.prefix, p))
        ORDER BY r.category_code, r.prefix, r.valid_from
        """,
        day,
        category_code,
        list(prefixes),
    )
    return [_record(row) for row in rows]


def _record(row: Any) -> RouteRecord:
    return RouteRecord(
        id=row["id"],
        category_code=row["category_code"],
        division=DivisionShown(row["division_code"], row["division_name"]),
        unit=UnitShown(row["unit"], row["name"], row["public_phone"]),
        automatic=row["automatic"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        source=row["source"],
    )
