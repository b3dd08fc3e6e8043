"""What the sheet on a village's board says: which village, and which police station to ring about a visitor."""

from msgspec import Struct, convert

from backend.antifraud.outreach_places import place
from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory.tables import Level

MOST_BOARDS = 200
"""More than the villages of any township; a county is printed township by township."""


class VillageBoard(Struct, frozen=True, kw_only=True):
    """A village's sheet. Without a station of the police that has a telephone both are null."""

    division_code: str
    village_name: str
    township_name: str
    station_name: str | None
    station_phone: str | None


_BOARDS = """
SELECT d.code AS division_code, d.name AS village_name, t.name AS township_name, s.name AS station_name,
       s.public_phone AS station_phone
FROM territory_division d JOIN territory_division t ON t.id = d.parent
LEFT JOIN LATERAL (
    SELECT u.name, u.public_phone FROM people_unit u JOIN territory_division w ON w.id = u.division
    WHERE u.kind = 'police' AND u.closed_at IS NULL AND u.public_phone <> '' AND starts_with(d.prefix, w.prefix)
    ORDER BY length(w.prefix) DESC, u.name LIMIT 1
) s ON TRUE
WHERE d.level = 'village' AND d.valid_from <= $1 AND (d.valid_to IS NULL OR d.valid_to >= $1)
AND d.prefix >= $2 AND d.prefix < $2 || ':' ORDER BY d.prefix LIMIT $3
"""


async def village_boards(*, division_code: str, by: Actor) -> list[VillageBoard]:
    """A village's, or those of all villages of a township; of anything larger none. For whoever works there.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    division = await place(division_code, by=by, roles=Role)
    if division.level not in (Level.VILLAGE, Level.TOWNSHIP):
        return []
    rows = await fetch(_BOARDS, clock.today(), division.prefix, MOST_BOARDS)
    return [convert(dict(row), VillageBoard) for row in rows]
