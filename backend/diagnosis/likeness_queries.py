"""The SQL of likeness: one request against those that share a photo, an asker or a place with it, each by an index."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]

_LIVES = "o.state NOT IN ('merged', 'withdrawn')"


async def request(request_id: UUID) -> Row | None:
    """What of a request is compared; None where there is none, or it was merged or withdrawn."""
    return await fetch_row(
        "SELECT r.id, r.crop, c.household, c.contact_phone_index, c.longitude, c.latitude, c.received_at "
        f"FROM diagnosis_request r JOIN cases_case c ON c.id = r.id WHERE r.id = $1 AND {_LIVES.replace('o.', 'c.')}",
        request_id,
    )


_BY_PHOTO = f"""
WITH mine AS (
    SELECT DISTINCT p.original FROM media_photo p JOIN media_original m ON m.sha256 = p.original
    WHERE p.claimed_kind = 'case' AND p.claimed_id = $1 AND p.state = 'accepted' AND m.kind = 'photo'
), alike AS (
    SELECT q.claimed_id, 0 AS bits FROM mine JOIN media_photo q ON q.original = mine.original
    WHERE q.claimed_kind = 'case' AND q.claimed_id <> $1
    UNION ALL
    SELECT q.claimed_id, n.distance FROM mine JOIN media_near_duplicate n ON n.original = mine.original
    JOIN media_photo q ON q.original = n.other WHERE q.claimed_kind = 'case' AND q.claimed_id <> $1
)
SELECT o.id, min(a.bits)::int AS bits FROM alike a JOIN diagnosis_request r ON r.id = a.claimed_id
JOIN cases_case o ON o.id = r.id WHERE {_LIVES} GROUP BY o.id ORDER BY 2, 1 LIMIT $2
"""


async def by_photo(request_id: UUID, *, most: int) -> dict[UUID, int]:
    """Requests with the same photo or one that looks like it, whoever sent it: the bits by which they differ."""
    return {row["id"]: row["bits"] for row in await fetch(_BY_PHOTO, request_id, most)}


_BY_ASKER = f"""
SELECT o.id FROM cases_case o JOIN diagnosis_request r ON r.id = o.id AND r.crop = $2
WHERE {{column}} = $3 AND o.id <> $1 AND o.received_at BETWEEN $4 AND $5 AND {_LIVES}
ORDER BY o.received_at DESC LIMIT $6
"""


async def by_asker(request: Row, *, apart: timedelta, most: int) -> set[UUID]:
    """Requests of the same crop by the same household, or with the same telephone, not longer apart."""
    found: set[UUID] = set()
    for column in ("household", "contact_phone_index"):
        if request[column] is not None:
            statement = _BY_ASKER.format(column=f"o.{column}")
            found |= {row["id"] for row in await fetch(statement, *_around(request, column, apart), most)}
    return found


def _around(request: Row, column: str, apart: timedelta) -> tuple[Any, ...]:
    at: datetime = request["received_at"]
    return request["id"], request["crop"], request[column], at - apart, at + apart


async def by_place(request: Row, *, apart: timedelta, reach_degrees: float, most: int) -> Sequence[Row]:
    """Requests of the same crop in a circle of degrees, not longer apart: id, longitude, latitude. Nearest first."""
    at: datetime = request["received_at"]
    return await fetch(
        f"""
        SELECT o.id, o.longitude, o.latitude FROM cases_case o JOIN diagnosis_request r ON r.id = o.id AND r.crop = $2
        WHERE o.longitude IS NOT NULL AND point(o.longitude, o.latitude) <@ circle(point($3, $4), $5)
          AND o.received_at BETWEEN $6 AND $7 AND o.id <> $1 AND {_LIVES}
        ORDER BY point(o.longitude, o.latitude) <-> point($3, $4), o.id LIMIT $8
        """,
        *(request["id"], request["crop"], request["longitude"], request["latitude"], reach_degrees),
        *(at - apart, at + apart, most),
    )


async def keep(pairs: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Each pair twice, once from either side, so that both are read by one index; found again, it says why now.

    In the order of ids, so that two that find each other wait, and never in a circle.
    """
    sides = [*pairs, *({**pair, "request": pair["other"], "other": pair["request"]} for pair in pairs)]
    ordered = sorted(sides, key=lambda side: (side["request"], side["other"]))
    columns = ("request", "other", "reasons", "distance_bits", "distance_m")
    await fetch(
        """
        INSERT INTO diagnosis_likeness (id, request, other, reasons, distance_bits, distance_m, found_at)
        SELECT gen_random_uuid(), n.request, n.other, string_to_array(n.reasons, ' '), n.bits, n.metres, $6
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::float8[])
            AS n (request, other, reasons, bits, metres)
        ON CONFLICT (request, other) DO UPDATE SET reasons = excluded.reasons,
            distance_bits = excluded.distance_bits, distance_m = excluded.distance_m
        """,
        *([side[column] for side in ordered] for column in columns),
        at,
    )


async def alike(request_ids: Sequence[UUID]) -> Sequence[Row]:
    """What is kept of these requests with others that still stand, the likest first."""
    return await fetch(
        f"""
        SELECT l.request, l.other, l.reasons, l.distance_bits, l.distance_m, o.number FROM diagnosis_likeness l
        JOIN cases_case o ON o.id = l.other WHERE l.request = ANY($1) AND {_LIVES}
        ORDER BY l.request, l.distance_bits NULLS LAST, l.distance_m NULLS LAST, o.received_at DESC
        """,
        list(request_ids),
    )


async def forget(request_id: UUID) -> None:
    """Take a request's pairs away, from either side."""
    await fetch(
        """
        WITH mine AS (DELETE FROM diagnosis_likeness WHERE request = $1 RETURNING other)
        DELETE FROM diagnosis_likeness l USING mine WHERE l.request = mine.other AND l.other = $1
        """,
        request_id,
    )


async def touched_since(at: datetime) -> list[UUID]:
    """Requests that came since then, or got a photo."""
    rows = await fetch(
        "SELECT r.id FROM cases_case c JOIN diagnosis_request r ON r.id = c.id WHERE c.received_at >= $1 "
        "UNION SELECT r.id FROM media_photo p JOIN diagnosis_request r ON r.id = p.claimed_id "
        "WHERE p.received_at >= $1 AND p.claimed_kind = 'case' ORDER BY 1",
        at,
    )
    return [row["id"] for row in rows]
