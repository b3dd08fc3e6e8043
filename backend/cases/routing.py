"""Where a case goes: straight to the unit that acts in the end, by the routing table, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.cases.reading import unit
from backend.cases.reference import categories
from backend.cases.schemas import Proposal
from backend.core.clock import today
from backend.core.database import fetch_row
from backend.core.words import say

ROUTE = """
SELECT r.id AS route_id, r.category_code, r.prefix, r.automatic, r.source, r.unit AS unit_id, u.name AS unit_name,
       u.public_phone AS unit_phone, v.name AS route_division
FROM cases_route r JOIN people_unit u ON u.id = r.unit JOIN territory_division v ON v.id = r.division
WHERE r.category_code = ANY({categories}) AND starts_with({code}, r.prefix) AND u.closed_at IS NULL
  AND r.valid_from <= {day} AND (r.valid_to IS NULL OR r.valid_to >= {day})
ORDER BY length(r.prefix) DESC, array_position({categories}, r.category_code), r.valid_from DESC LIMIT 1
"""
"""The longest prefix wins, then the deepest category, then the newest row. `categories`: the deepest first."""


async def proposal(*, category_code: str, division_code: str, on: date | None = None) -> Proposal | None:
    """The unit that would act on a category in a place on a day; None where the table has no row."""
    row = await fetch_row(
        ROUTE.format(categories="$1::varchar[]", code="$2", day="$3"),
        (await categories()).line(category_code),
        division_code,
        on or today(),
    )
    return proposed(row) if row else None


def proposed(row: Mapping[str, Any]) -> Proposal | None:
    """A row of ROUTE as a proposal, with its reason in words."""
    shown = unit(row["unit_id"], row["unit_name"], row["unit_phone"])
    if shown is None:
        return None
    why = say(
        "{unit} acts on {category} in {division} ({prefix}…). Source: {source}",
        unit=shown.name,
        category=row["category_code"],
        division=row["route_division"],
        prefix=row["prefix"],
        source=row["source"],
    )
    return Proposal(
        unit=shown,
        route_id=row["route_id"],
        category_code=row["category_code"],
        prefix=row["prefix"],
        automatic=row["automatic"],
        source=row["source"],
        why=why,
    )
