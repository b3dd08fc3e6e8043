"""Reads of units, and of the stations whose codes are scanned."""

from uuid import UUID

import asyncpg

from backend.core.database import fetch_row
from backend.people.station_schemas import StationOpener


async def open_unit(*, unit_id: UUID) -> asyncpg.Record | None:
    """Kind and `division_code` of a unit that is not closed."""
    return await fetch_row(
        "SELECT u.kind, v.code AS division_code FROM people_unit u JOIN territory_division v ON v.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )


async def station_of_code(*, code_id: UUID) -> asyncpg.Record | None:
    """`unit` and `division_code` of the station that a code was made for."""
    return await fetch_row(
        "SELECT c.unit, v.code AS division_code FROM people_station_code c JOIN people_unit u ON u.id = c.unit "
        "JOIN territory_division v ON v.id = u.division WHERE c.id = $1",
        code_id,
    )


async def station_opener(*, code_sha256: bytes) -> StationOpener | None:
    """The open station of a code that is not revoked."""
    row = await fetch_row(
        "SELECT c.id AS code_id, u.id AS unit_id, u.name, v.code AS division_code FROM people_station_code c "
        "JOIN people_unit u ON u.id = c.unit JOIN territory_division v ON v.id = u.division "
        "WHERE c.code_sha256 = $1 AND c.revoked_at IS NULL AND u.closed_at IS NULL",
        code_sha256,
    )
    return None if row is None else StationOpener(**row)
