"""Stations and studios: where citizens come, and whose poster hangs there."""

from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.people.actors import Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.station_codes import KEEPERS
from backend.people.station_schemas import StationRecord
from backend.people.tables import Role, UnitKind

_SHOWN = """
    SELECT u.id, u.name, u.kind, v.code AS division_code, v.name AS division_name, u.public_phone,
        p.id AS parent_id, p.name AS parent_name, p.public_phone AS parent_phone,
        (SELECT count(*) FROM people_station_code c WHERE c.unit = u.id AND c.revoked_at IS NULL) AS codes_n
    FROM people_unit u JOIN territory_division v ON v.id = u.division
        LEFT JOIN people_unit p ON p.id = u.parent AND p.closed_at IS NULL
    WHERE u.closed_at IS NULL AND u.kind IN ('station', 'studio') AND
"""


async def list_stations(*, by: Actor) -> list[StationRecord]:
    """All of one's territory that are open, from the county down, by place and name.

    For administrators and supervisors. Raises Forbidden (403).
    """
    by.must_have(*KEEPERS)
    clause, values = visible_to(by, roles=KEEPERS).clause("v.code", 1)
    rows = await fetch(f"{_SHOWN} {clause} ORDER BY length(v.prefix), v.code, u.name", *values)
    return [_record(row) for row in rows]


async def list_desks(*, by: Actor) -> list[StationRecord]:
    """Open stations and studios that somebody hands things to: his own first, then those whose territory holds a place
    of his, and those of his territory in any role. At most a thousand.
    """
    own = [held.unit_id for held in by.held if held.unit_id]
    places = [held.division_code for held in by.held]
    clause, values = visible_to(by, roles=Role).clause("v.code", 3)
    around = "EXISTS (SELECT FROM unnest($2::text[]) AS place WHERE starts_with(place, v.prefix))"
    order = "ORDER BY u.id = ANY($1::uuid[]) DESC, length(v.prefix), v.code, u.name LIMIT 1000"
    rows = await fetch(f"{_SHOWN} (u.id = ANY($1::uuid[]) OR {around} OR {clause}) {order}", own, places, *values)
    return [_record(row) for row in rows]


async def stations_around(*, by: Actor, kind: UnitKind | None = None, under: str = "") -> list[StationRecord]:
    """Open ones in, below and above the places of somebody's roles, whichever they are: by place and name.

    under   only those whose division's code begins so
    """
    territory = [prefix for held in by.held for prefix in held.prefixes]
    places = [held.division_code for held in by.held]
    below = "EXISTS (SELECT FROM unnest($1::text[]) AS prefix WHERE starts_with(v.prefix, prefix))"
    above = "EXISTS (SELECT FROM unnest($2::text[]) AS place WHERE starts_with(place, v.prefix))"
    rows = await fetch(
        f"{_SHOWN} ({below} OR {above}) AND ($3::text IS NULL OR u.kind = $3) AND starts_with(v.code, $4) "
        "ORDER BY v.code, u.name, u.id",
        *(territory, places, kind, under),
    )
    return [_record(row) for row in rows]


async def station(*, unit_id: UUID) -> StationRecord:
    """One of them, as its poster tells everybody. Raises UnitUnknown (404)."""
    row = await fetch_row(f"{_SHOWN} u.id = $1", unit_id)
    if row is None:
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    return _record(row)


def _record(row: object) -> StationRecord:
    given = dict(row)  # type: ignore[call-overload]
    return StationRecord(**given | {"kind": UnitKind(given["kind"])})
