"""Whom a station's leaders may say to serve a grid: people with a role around it, found by name."""

from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.rosters.station_places import around, led_station
from backend.rosters.units import IN_FORCE

MOST = 30


class Candidate(Struct, frozen=True, kw_only=True):
    """An open account, with what tells two of the same name apart."""

    person_id: UUID
    name: str
    roles: list[Role]
    division_name: str


async def find_grid_candidates(*, unit_id: UUID, name: str, by: Actor) -> list[Candidate]:
    """At most thirty people with a role of today in the station's township, in it or above it; part of a name will do.

    Raises NotYourStation (403), UnitUnknown (404), NoStation (409).
    """
    place = await led_station(unit_id, by=by)
    rows = await fetch(
        f"""
        SELECT p.id AS person_id, p.name, array_agg(DISTINCT r.role) AS roles, min(v.name) AS division_name
        FROM people_role_assignment r JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
        JOIN territory_division v ON v.id = r.division
        WHERE (starts_with(v.prefix, $1) OR starts_with($1, v.prefix)) AND position($2 IN p.name) > 0
        AND {IN_FORCE.format(r="r", on="$3::date")} GROUP BY p.id, p.name ORDER BY p.name, p.id LIMIT {MOST}
        """,
        around(place.prefix),
        name.strip(),
        clock.today(),
    )
    return [msgspec.convert(dict(row), Candidate) for row in rows]
