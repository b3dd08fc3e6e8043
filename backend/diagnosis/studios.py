"""Where a request belongs: its place, the station at whose desk it was told, and the studio whose experts answer."""

from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch_row
from backend.core.refusals import FieldError, Invalid
from backend.diagnosis.refusals import NoStudio
from backend.diagnosis.request_schemas import NewRequest
from backend.people.actors import Actor
from backend.people.station_schemas import StationOpener
from backend.people.tables import Role
from backend.territory import points
from backend.territory import queries as territory

AT_A_DESK = frozenset({Role.TECHNICIAN, Role.OPERATOR, Role.EXPERT, Role.HANDLER})
"""Whose own station a request is told at, where nothing else says."""


class Station(Struct, frozen=True):
    """A station or a studio, with the code of its division."""

    id: UUID
    division_code: str


async def station_of(new: NewRequest, *, station: StationOpener | None, by: Actor | None) -> Station | None:
    """The station of the code that was scanned, the one that is named, or the desk at which `by` sits.

    Raises Invalid (400) for a station that is not there or not in his territory.
    """
    if station is not None:
        return Station(station.unit_id, station.division_code)
    if new.station_unit_id is not None:
        found = await _open(new.station_unit_id)
        if found is None or by is None or not _is_his(found, by):
            detail = "There is no open station {id} in your territory."
            facts = {"id": str(new.station_unit_id)}
            wrong = FieldError(pointer="/station_unit_id", detail=detail, code="unknown", facts=facts)
            raise Invalid("The request names something that is not there.", errors=[wrong])
        return found
    own = [held.unit_id for held in by.held if held.role in AT_A_DESK and held.unit_id] if by else []
    return await _open(own[0]) if own else None


def _is_his(station: Station, by: Actor) -> bool:
    own = {held.unit_id for held in by.held}
    return station.id in own or station.division_code.startswith(by.prefixes(Role))


async def division_of(new: NewRequest, station: Station | None) -> str | None:
    """Where it is, as far as the station knows better than the request; None where the case finds it by itself."""
    if new.division_code is not None or new.household_id is not None or station is None:
        return new.division_code
    if new.point is None:
        return station.division_code
    place = points.columns(new.point)
    near = await territory.nearest(longitude=place["longitude"], latitude=place["latitude"])
    return near[0].division.code if near else station.division_code


async def studio_of(*, station: Station | None, division_code: str, proposed: UUID | None) -> UUID:
    """Whose experts answer: the station if it is a studio, else the studio above it, else the unit that the routing
    table proposes if it is one, else the studio nearest to the place, else whatever unit the table proposes.

    Raises NoStudio (409).
    """
    row = await fetch_row(_STUDIO, station.id if station else None, proposed, division_code)
    if row is None or row["id"] is None:
        raise NoStudio(
            "Nobody in {division_code} answers questions about crops yet. Ask the county to open a studio.",
            division_code=division_code,
        )
    found: UUID = row["id"]
    return found


async def _open(unit_id: UUID) -> Station | None:
    row = await fetch_row(
        "SELECT u.id, d.code FROM people_unit u JOIN territory_division d ON d.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL AND u.kind IN ('station', 'studio')",
        unit_id,
    )
    return Station(row["id"], row["code"]) if row else None


_STUDIO = """
WITH RECURSIVE above AS (
    SELECT u.id, u.kind, u.parent, u.closed_at, 1 AS step FROM people_unit u WHERE u.id = $1
    UNION ALL
    SELECT u.id, u.kind, u.parent, u.closed_at, a.step + 1 FROM above a JOIN people_unit u ON u.id = a.parent
    WHERE a.step < 10
)
SELECT coalesce(
    (SELECT id FROM above WHERE kind = 'studio' AND closed_at IS NULL ORDER BY step LIMIT 1),
    (SELECT id FROM people_unit WHERE id = $2 AND kind = 'studio' AND closed_at IS NULL),
    (SELECT u.id FROM people_unit u JOIN territory_division d ON d.id = u.division
     WHERE u.kind = 'studio' AND u.closed_at IS NULL AND starts_with($3, d.prefix)
     ORDER BY length(d.prefix) DESC, u.created_at, u.id LIMIT 1),
    (SELECT id FROM people_unit WHERE id = $2 AND closed_at IS NULL)
) AS id
"""
