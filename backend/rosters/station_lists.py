"""Stations as everybody may look them up: those around one's own places, their day, their staff, where to complain.

`station_hours.list_stations` is the same for who leads a territory, whole and in the order of levels.
"""

from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.core.paging import Page, page, position_of
from backend.people import stations
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.rosters.station_hours import with_their_day
from backend.rosters.station_hours_schemas import StationOverview
from backend.rosters.station_places import near_station
from backend.rosters.units import IN_FORCE, UP_THE_TREE
from backend.territory.rules import prefix_of


class StationPlace(Struct, frozen=True, array_like=True):
    """The place of one station in the list: by its division's code, then by name."""

    division_code: str
    name: str
    id: UUID


class Member(Struct, frozen=True, kw_only=True):
    """Who works at a station, by name and role alone."""

    name: str
    roles: list[Role]


class Line(Struct, frozen=True):
    """A number that an office publishes."""

    unit_name: str
    public_phone: str


async def list_stations_around(
    *,
    by: Actor,
    kind: UnitKind | None = None,
    division_code: str | None = None,
    open_now: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[StationOverview]:
    """Stations in, below and above one's own places; who has no place there finds none. By place and name.

    division_code   only those in this division and below it
    open_now        only those that are open at this minute, or only those that are not
    """
    after = position_of(cursor, StationPlace) or StationPlace("", "", UUID(int=0))
    under = prefix_of(division_code) if division_code else ""
    found = await with_their_day(await stations.stations_around(by=by, kind=kind, under=under))
    rest = [one for one in found if open_now in (None, one.open_now) and _key(one) > _key(after)]
    return page(rest[: limit + 1], limit, lambda one: StationPlace(one.division_code, one.name, one.id))


def _key(one: StationOverview | StationPlace) -> tuple[str, str, str]:
    return (one.division_code, one.name, str(one.id))


async def station_overview(*, unit_id: UUID, by: Actor) -> StationOverview:
    """One of them, for whoever has a role around it. Raises UnitUnknown (404), NoStation (409)."""
    await near_station(unit_id, by=by)
    return (await with_their_day([await stations.station(unit_id=unit_id)]))[0]


async def station_members(*, unit_id: UUID, by: Actor) -> list[Member]:
    """Who holds a role at a station today, by name; no number of theirs. Raises as `station_overview`."""
    place = await near_station(unit_id, by=by)
    rows = await fetch(
        f"""
        SELECT p.name, array_agg(DISTINCT r.role) AS roles FROM people_role_assignment r
        JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
        WHERE r.unit = $1 AND {IN_FORCE.format(r="r", on="$2::date")} GROUP BY p.id, p.name ORDER BY p.name, p.id
        """,
        place.id,
        clock.today(),
    )
    return [msgspec.convert(dict(row), Member) for row in rows]


async def complaint_line(*, division_code: str) -> Line | None:
    """The office above a place that answers for it and publishes a number: the nearest department up the tree."""
    rows = await fetch(
        f"""
        SELECT u.name AS unit_name, u.public_phone FROM people_unit u JOIN territory_division v ON v.id = u.division
        WHERE v.prefix = ANY({UP_THE_TREE.format(code="$1::text")}) AND u.closed_at IS NULL
        AND u.kind IN ('department', 'government') AND u.public_phone IS NOT NULL
        AND EXISTS (SELECT FROM people_role_assignment r WHERE r.unit = u.id AND r.role IN ('operator', 'supervisor')
                    AND {IN_FORCE.format(r="r", on="$2::date")})
        ORDER BY length(v.prefix) DESC, u.kind <> 'government', u.name, u.id LIMIT 1
        """,
        division_code,
        clock.today(),
    )
    return Line(**rows[0]) if rows else None
