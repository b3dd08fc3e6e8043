"""What a look at an original found out, as rows: on the original, on its photos, and which others look alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from backend.core.database import connection, fetch
from backend.media import likeness
from backend.media.facts import CameraFacts, CameraPoint, Facts
from backend.territory.points import Point, columns

MOST_LINKED = 20
"""Originals linked to one: a blank test strip looks like every other."""

FACT_COLUMNS = (
    *("state", "reasons", "width", "height", "taken_at", "taken_at_zone_assumed", "camera_make", "camera_model"),
    *("longitude", "latitude", "crs", "original_longitude", "original_latitude", "accuracy_m", "fixed_at"),
    *("provider", "mock", "coarse"),
)


def fact_columns(facts: Facts) -> dict[str, Any]:
    """The columns of a photo that come from its bytes."""
    return {
        "state": facts.state.value,
        "reasons": [reason.value for reason in facts.reasons],
        "width": facts.width,
        "height": facts.height,
        **_camera(facts.camera),
        "coarse": False,
    }


def _camera(camera: CameraFacts) -> dict[str, Any]:
    return {
        "taken_at": camera.taken_at,
        "taken_at_zone_assumed": camera.zone_assumed,
        "camera_make": camera.make,
        "camera_model": camera.model,
        **columns(None if camera.point is None else _point(camera.point)),
    }


def _point(point: CameraPoint) -> Point:
    return msgspec.convert(msgspec.structs.asdict(point), Point)


async def set_looked_at(digest: bytes, facts: Facts, *, copy_sizes: Mapping[str, int], at: datetime) -> None:
    """Write down what was found out about an original."""
    measures, number = facts.measures, facts.perceptual_hash
    await fetch(
        "UPDATE media_original SET looked_at = $2, content_type = $3, kind = $4, copy_sizes = $5, "
        "perceptual_hash = $6, hash_bands = $7, sharpness = $8, grey_dark = $9, grey_mid = $10, grey_bright = $11 "
        "WHERE sha256 = $1",
        *(digest, at, facts.content_type, facts.kind.value, msgspec.json.encode(copy_sizes).decode()),
        *(number, None if number is None else likeness.bands(number)),
        *((measures.sharpness, measures.dark, measures.mid, measures.bright) if measures else (None,) * 4),
    )


async def waiting_since(before: datetime, *, most: int) -> list[bytes]:
    """Originals of photos that have waited since before then."""
    rows = await fetch(
        "SELECT DISTINCT original FROM media_photo WHERE state = 'waiting' AND received_at < $1 LIMIT $2", before, most
    )
    return [row["original"] for row in rows]


async def tell_waiting(digest: bytes, facts: Facts) -> None:
    """Give every photo of an original that still waits its verdict."""
    found = fact_columns(facts)
    settings = ", ".join(f"{name} = ${at}" for at, name in enumerate(found, start=2))
    await fetch(f"UPDATE media_photo SET {settings} WHERE original = $1 AND state = 'waiting'", digest, *found.values())


async def link_near_duplicates(digest: bytes, number: int) -> None:
    """Write down which originals look like this one. One at a time: of two looked at together neither is missed."""
    async with connection() as current:
        await current.execute("SELECT pg_advisory_xact_lock(hashtext('media_near_duplicate'))")
        await current.execute(
            """
            WITH near AS (
                SELECT sha256 AS other, bit_count((perceptual_hash # $2::bigint)::bit(64)) AS distance
                FROM media_original WHERE hash_bands && $3::int[] AND sha256 <> $1 AND key_sealed IS NOT NULL
                AND bit_count((perceptual_hash # $2::bigint)::bit(64)) <= $4 ORDER BY distance LIMIT $5
            )
            INSERT INTO media_near_duplicate (id, original, other, distance)
            SELECT gen_random_uuid(), $1, other, distance FROM near
            UNION ALL SELECT gen_random_uuid(), other, $1, distance FROM near
            ON CONFLICT (original, other) DO NOTHING
            """,
            *(digest, number, likeness.bands_of_alike(number), likeness.ALIKE, MOST_LINKED),
        )
