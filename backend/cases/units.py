"""The units that a desk may choose from."""

from backend.cases.reading import unit
from backend.cases.schemas import UnitShown
from backend.core.database import fetch

COUNTY_DIGITS = 6


async def of_county(division_code: str) -> list[UnitShown]:
    """The open units of the county in which a division lies, those of the county itself first."""
    rows = await fetch(
        "SELECT u.id, u.name, u.public_phone FROM people_unit u JOIN territory_division d ON d.id = u.division "
        "WHERE starts_with(d.code, $1) AND u.closed_at IS NULL ORDER BY length(d.prefix), d.code, u.name",
        division_code[:COUNTY_DIGITS],
    )
    return [found for row in rows if (found := unit(row["id"], row["name"], row["public_phone"]))]
