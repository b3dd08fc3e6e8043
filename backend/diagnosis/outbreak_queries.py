"""The SQL of outbreaks: sightings of one diagnosis in a bounded window, and the rows they make."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core.database import connection, fetch, fetch_row
from backend.core.paging import Position
from backend.core.statements import Conditions

Row = Mapping[str, Any]

# Which answer counts is the newest that was told the farmer; since when the field has it, the expert's own one says.
# Where a case has no point its village's stands for it, or its township's: each is made a 1 km cell at once.
_SIGHTINGS = """
SELECT r.id AS request_id, r.studio AS studio_id, r.division_code, c.household AS household_id,
       c.contact_phone_index AS phone, coalesce(c.longitude, v.longitude, t.longitude) AS longitude,
       coalesce(c.latitude, v.latitude, t.latitude) AS latitude, coalesce(
           (SELECT max(f.given_at) FROM diagnosis_answer f
            WHERE f.request = r.id AND f.kind = 'first' AND f.given_at <= a.given_at), a.given_at) AS seen_at
FROM diagnosis_answer a JOIN diagnosis_request r ON r.id = a.request JOIN cases_case c ON c.id = r.id
LEFT JOIN territory_division v ON v.code = left(r.division_code, 12) AND v.valid_to IS NULL
LEFT JOIN territory_division t ON t.code = left(r.division_code, 9) || '000' AND t.valid_to IS NULL
WHERE a.condition = $1 AND a.given_at > $3 AND a.given_at <= $4 AND a.tells_farmer AND r.crop = $2
  AND r.state <> 'ended' AND c.state NOT IN ('merged', 'withdrawn', 'unreasonable')
  AND NOT EXISTS (SELECT FROM diagnosis_answer n WHERE n.request = r.id AND n.tells_farmer
                  AND (n.given_at, n.id) > (a.given_at, a.id))
"""


async def sightings(condition: str, crop: str, *, after: datetime, until: datetime) -> Sequence[Row]:
    """Requests whose diagnosis this is, told in a window; longitude and latitude are null where no place is known."""
    return await fetch(_SIGHTINGS, condition, crop, after, until)


async def diagnosed(request_id: UUID) -> list[tuple[str, str]]:
    """Condition and crop of every coded answer that a request ever had: also of what was corrected away."""
    rows = await fetch(
        "SELECT DISTINCT a.condition, r.crop FROM diagnosis_answer a JOIN diagnosis_request r ON r.id = a.request "
        "WHERE r.id = $1 AND a.condition IS NOT NULL AND a.tells_farmer ORDER BY 1",
        request_id,
    )
    return [(row["condition"], row["crop"]) for row in rows]


async def seen_since(at: datetime) -> list[tuple[str, str]]:
    """Condition and crop of what was diagnosed since then, or has an open outbreak: one look into the index each."""
    rows = await fetch(
        """
        SELECT k.code AS condition, s.crop FROM diagnosis_condition k JOIN LATERAL (
            SELECT DISTINCT r.crop FROM diagnosis_answer a JOIN diagnosis_request r ON r.id = a.request
            WHERE a.condition = k.code AND a.given_at > $1
        ) s ON TRUE
        UNION SELECT o.condition, o.crop FROM diagnosis_outbreak o WHERE o.ended_at IS NULL
        ORDER BY 1, 2
        """,
        at,
    )
    return [(row["condition"], row["crop"]) for row in rows]


async def alone(condition: str, crop: str) -> None:
    """Wait until nobody else looks at this diagnosis on this crop; until the transaction ends."""
    async with connection() as current:
        await current.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 6))", f"outbreak {condition} {crop}")


async def open_ones(condition: str, crop: str) -> Sequence[Row]:
    """Its outbreaks that have not ended, the oldest first."""
    return await fetch(
        "SELECT * FROM diagnosis_outbreak WHERE crop = $2 AND condition = $1 AND ended_at IS NULL "
        "ORDER BY raised_at, id",
        *(condition, crop),
    )


async def grow(id: UUID, *, households_n: int | None, last_seen_at: datetime) -> None:
    """How many it is now (None: too few to be told), and when it was seen last."""
    await fetch(
        "UPDATE diagnosis_outbreak SET households_n = coalesce($2, households_n), "
        "last_seen_at = greatest(last_seen_at, $3) WHERE id = $1",
        *(id, households_n, last_seen_at),
    )


async def end(id: UUID, *, at: datetime) -> None:
    """It is over."""
    await fetch("UPDATE diagnosis_outbreak SET ended_at = $2 WHERE id = $1", id, at)


async def division_of(place: str, on: date) -> Row | None:
    """The division of these 12 digits on a day."""
    return await fetch_row(
        "SELECT id, code, name FROM territory_division WHERE code = $1 AND valid_from <= $2 "
        "AND (valid_to IS NULL OR valid_to >= $2) LIMIT 1",
        *(place, on),
    )


async def names(condition: str, crop: str) -> Row | None:
    """What people call it."""
    return await fetch_row(
        "SELECT k.name_zh AS condition_zh, k.name_en AS condition_en, c.name_zh AS crop_zh, c.name_en AS crop_en "
        "FROM diagnosis_condition k CROSS JOIN diagnosis_crop c WHERE k.code = $1 AND c.code = $2",
        *(condition, crop),
    )


_HELD = (
    "r.valid_from <= $1 AND (r.valid_to IS NULL OR r.valid_to >= $1) AND p.closed_at IS NULL "
    "AND (starts_with($2, d.prefix) OR starts_with(d.prefix, $2))"
)


async def warned(county: str, on: date) -> list[UUID]:
    """Experts of a county, and whoever works at its stations and studios, today."""
    rows = await fetch(
        f"""
        SELECT DISTINCT r.person FROM people_role_assignment r JOIN people_person p ON p.id = r.person
        JOIN territory_division d ON d.id = r.division LEFT JOIN people_unit u ON u.id = r.unit
        WHERE {_HELD} AND (r.role = 'expert' OR (r.role IN ('technician', 'handler')
                           AND u.kind IN ('station', 'studio') AND u.closed_at IS NULL))
        ORDER BY 1
        """,
        *(on, county),
    )
    return [row["person"] for row in rows]


async def chief_of(studio_id: UUID, on: date) -> UUID | None:
    """The chief expert of a studio."""
    row = await fetch_row(
        "SELECT e.id FROM diagnosis_expert e JOIN people_person p ON p.id = e.id WHERE e.unit = $1 "
        "AND e.tier = 'chief' AND e.valid_from <= $2 AND (e.valid_to IS NULL OR e.valid_to >= $2) "
        "AND p.closed_at IS NULL ORDER BY e.valid_from, e.id LIMIT 1",
        *(studio_id, on),
    )
    return row["id"] if row else None


_SHOWN = """
SELECT o.*, d.name AS division_name, c.name_zh AS crop_zh, c.name_en AS crop_en, c.eppo_code AS crop_eppo,
       k.name_zh AS condition_zh, k.name_en AS condition_en, k.eppo_code AS condition_eppo
FROM diagnosis_outbreak o JOIN territory_division d ON d.id = o.division
JOIN diagnosis_crop c ON c.code = o.crop JOIN diagnosis_condition k ON k.code = o.condition
"""


async def shown(found: Conditions, *, limit: int, after: Position | None) -> Sequence[Row]:
    """Up to `limit` outbreaks `o`, the latest raised first."""
    if after is not None:
        found.add("(o.raised_at, o.id) < ({}, {})", after.at, after.id)
    return await fetch(
        f"{_SHOWN} WHERE {found.sql} ORDER BY o.raised_at DESC, o.id DESC LIMIT {found.value(limit)}", *found.values
    )
