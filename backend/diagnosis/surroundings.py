"""What lies around a request: what its household asked before, and what was asked nearby about the same crop.

For whoever may see the request. Of others' requests he reads crop, day, diagnosis and a place of about a kilometre: no
name, no number, no household.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.diagnosis.refusals import RequestUnknown
from backend.territory.coordinates import cell_1km, great_circle_m

NEARBY_KM = 10.0
NEARBY_WEEKS = 6
MOST_NEARBY = 60
MOST_READ = 600
TOWNSHIP_DIGITS = 9
BOX_DEGREES = 0.13
"""Half a box that holds NEARBY_KM: 14 km of latitude, 11 km of longitude at 37° north."""

MOST_EARLIER = 20

Row = Mapping[str, Any]

_PLACE = """coalesce(c.longitude, v.longitude, t.longitude) AS longitude,
       coalesce(c.latitude, v.latitude, t.latitude) AS latitude, v.name AS village, t.name AS township
"""
_DIVISIONS = """LEFT JOIN territory_division v ON v.code = left(r.division_code, 12) AND v.valid_to IS NULL
LEFT JOIN territory_division t ON t.code = left(r.division_code, 9) || '000' AND t.valid_to IS NULL
"""
_TOLD = """LEFT JOIN LATERAL (
    SELECT a.diagnosis, k.name_zh, k.name_en
    FROM diagnosis_answer a LEFT JOIN diagnosis_condition k ON k.code = a.condition
    WHERE a.request = r.id AND a.tells_farmer ORDER BY a.given_at DESC, a.id DESC LIMIT 1
) a ON TRUE
"""


class Nearby(Struct, frozen=True, kw_only=True):
    """A request nearby. `condition`: its coded diagnosis in Chinese and English; null where none was given yet.

    longitude, latitude, distance_m   the middle of its 1 km cell (WGS-84); null where only its village is known
    same_village                      it was asked from the same village
    """

    id: UUID
    asked_at: datetime
    place: str
    condition: tuple[str, str] | None
    answered: bool
    same_village: bool
    longitude: float | None
    latitude: float | None
    distance_m: float | None


class Around(Struct, frozen=True, kw_only=True):
    """Where the request itself lies (null where nobody knows), and what lies near it, the nearest first."""

    longitude: float | None
    latitude: float | None
    nearby: list[Nearby]


class Earlier(Struct, frozen=True, kw_only=True):
    """What the same household, or the same telephone, asked before or since, or what seems to be about the same field.

    asker      whether it is known to be the same household or telephone; else a photo or a place is alike
    diagnosis  as the farmer was told
    """

    id: UUID
    asked_at: datetime
    crop: tuple[str, str]
    title: str
    asker: bool
    diagnosis: str | None
    result: str | None


async def around(*, request_id: UUID) -> Around:
    """Questions about the same crop of the last `NEARBY_WEEKS`: within `NEARBY_KM`, and those of the township of which
    no more is known. Raises RequestUnknown (404).
    """
    here = await fetch_row(
        f"SELECT r.id, r.crop, r.asked_at, r.division_code, {_PLACE} FROM diagnosis_request r "
        f"JOIN cases_case c ON c.id = r.id {_DIVISIONS} WHERE r.id = $1",
        request_id,
    )
    if here is None:
        raise RequestUnknown("There is no request {id} that you may see.", id=str(request_id))
    near = [one for row in await _asked(here) if (one := _near(row, here))]
    nearest = sorted(near, key=lambda one: (one.distance_m is None, one.distance_m or 0, not one.same_village))
    return Around(longitude=here["longitude"], latitude=here["latitude"], nearby=nearest[:MOST_NEARBY])


async def _asked(here: Row) -> Sequence[Row]:
    """The newest of the township, and of a box around it; how far they are, the caller looks."""
    return await fetch(
        f"SELECT r.id, r.asked_at, r.division_code, a.diagnosis, a.name_zh, a.name_en, {_PLACE} "
        f"FROM diagnosis_request r JOIN cases_case c ON c.id = r.id {_DIVISIONS} {_TOLD} "
        "WHERE r.crop = $1 AND r.asked_at >= $2 AND r.asked_at <= $3 AND r.state <> 'ended' AND r.id <> $4 "
        "AND (left(r.division_code, 9) = $5 OR (c.longitude BETWEEN $6::float8 - $8 AND $6 + $8 "
        "AND c.latitude BETWEEN $7::float8 - $8 AND $7 + $8)) ORDER BY r.asked_at DESC LIMIT $9",
        *(here["crop"], here["asked_at"] - timedelta(weeks=NEARBY_WEEKS), clock.now(), here["id"]),
        *(here["division_code"][:TOWNSHIP_DIGITS], here["longitude"], here["latitude"], BOX_DEGREES, MOST_READ),
    )


def _near(row: Row, here: Row) -> Nearby | None:
    cell = cell_1km(row["longitude"], row["latitude"]) if row["longitude"] is not None else None
    distance_m = None
    if cell and here["longitude"] is not None:
        distance_m = great_circle_m(cell_1km(here["longitude"], here["latitude"]), cell)
        if distance_m > NEARBY_KM * 1000:
            return None
    return Nearby(
        id=row["id"],
        asked_at=row["asked_at"],
        place=row["village"] or row["township"] or "",
        condition=(row["name_zh"], row["name_en"]) if row["name_zh"] else None,
        answered=row["diagnosis"] is not None,
        same_village=row["division_code"] == here["division_code"],
        longitude=cell and cell[0],
        latitude=cell and cell[1],
        distance_m=distance_m,
    )


async def before(*, request_id: UUID) -> list[Earlier]:
    """What the same household, telephone or field was asked about, the newest first."""
    rows = await fetch(
        f"""
        SELECT r.id, r.asked_at, p.name_zh AS crop_zh, p.name_en AS crop_en, c.title, same.asker, a.diagnosis, o.result
        FROM (
            SELECT id, bool_or(asker) AS asker FROM (
                SELECT x.id, TRUE AS asker FROM cases_case me JOIN cases_case x ON x.household = me.household
                WHERE me.id = $1
                UNION ALL SELECT x.id, TRUE FROM cases_case me
                JOIN cases_case x ON x.contact_phone_index = me.contact_phone_index WHERE me.id = $1
                UNION ALL SELECT l.other, FALSE FROM diagnosis_likeness l WHERE l.request = $1
                UNION ALL SELECT l.request, FALSE FROM diagnosis_likeness l WHERE l.other = $1
            ) each_way GROUP BY id
        ) same JOIN cases_case c ON c.id = same.id JOIN diagnosis_request r ON r.id = c.id
        JOIN diagnosis_crop p ON p.code = r.crop {_TOLD}
        LEFT JOIN LATERAL (SELECT result FROM diagnosis_outcome WHERE request = r.id ORDER BY at DESC LIMIT 1) o ON TRUE
        WHERE r.id <> $1 ORDER BY r.asked_at DESC, r.id DESC LIMIT $2
        """,
        *(request_id, MOST_EARLIER),
    )
    return [
        Earlier(
            id=row["id"],
            asked_at=row["asked_at"],
            crop=(row["crop_zh"], row["crop_en"]),
            title=row["title"],
            asker=row["asker"],
            diagnosis=row["diagnosis"],
            result=row["result"],
        )
        for row in rows
    ]
