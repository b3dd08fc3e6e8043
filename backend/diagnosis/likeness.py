"""Requests that may be about the same field, shown to the expert who has one of them. Nothing is merged by itself.

    photo   the same photo, or one that looks like it, also from another number
    asker   the same household or telephone asks of the same crop again
    place   somebody asks of the same crop close by

Looked for when a request comes and when its photos were judged; a nightly sweep finds what slipped through.
"""

from collections.abc import Iterable
from datetime import timedelta
from math import cos, radians
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import transaction
from backend.core.jobs import enqueue, job, schedule
from backend.diagnosis import likeness_queries as queries
from backend.diagnosis.likeness_policies import LikenessPolicy, likeness_policy
from backend.diagnosis.likeness_queries import Row
from backend.territory.coordinates import distance_m

LOOK = "diagnosis/look-for-alike"
METRES_PER_DEGREE = 110_000
SWEPT = timedelta(days=2)

PHOTO, ASKER, PLACE = "photo", "asker", "place"


class Alike(Struct, frozen=True, kw_only=True):
    """A request that may be about the same field, and why: photo, asker, place.

    distance_bits   of their likest photos, of 64; 0 are the same bytes
    """

    request_id: UUID
    number: str
    reasons: list[str]
    distance_bits: int | None
    distance_m: float | None


async def alike(*, request_ids: Iterable[UUID]) -> dict[UUID, list[Alike]]:
    """Of each request those that are like it and still stand, the likest first. The caller asked who may see them."""
    found: dict[UUID, list[Alike]] = {id: [] for id in request_ids}
    for row in await queries.alike(list(found)):
        found[row["request"]].append(
            Alike(
                request_id=row["other"],
                number=row["number"],
                reasons=row["reasons"],
                distance_bits=row["distance_bits"],
                distance_m=row["distance_m"],
            )
        )
    return found


async def look_soon(*, request_id: UUID) -> None:
    """Have it looked for after the running transaction: a request came, or its photos have their verdicts."""
    await enqueue(LOOK, request_id, priority=-1)


async def forget(*, request_id: UUID) -> None:
    """A farmer has himself forgotten: what was like his request would tell that it was he who asked again."""
    await queries.forget(request_id)


@job(LOOK)
async def look_for_alike(request_id: UUID) -> None:
    """Look once; twice is harmless. What is read is bounded by the policy, however many requests there are."""
    await find(request_id=request_id)


@schedule("diagnosis/sweep-alike", "50 4 * * *")
async def sweep() -> None:
    """Every night: what came, or got a photo, in the last two days."""
    for request_id in await queries.touched_since(clock.now() - SWEPT):
        await find(request_id=request_id)


@transaction
async def find(*, request_id: UUID) -> int:
    """Find and keep what is like a request; how many."""
    request = await queries.request(request_id)
    if request is None:
        return 0
    policy = likeness_policy(clock.local(request["received_at"]).date())
    by_photo = await queries.by_photo(request_id, most=policy.most)
    by_asker = await queries.by_asker(request, apart=policy.asker_within, most=policy.most)
    by_place = await _by_place(request, policy)
    pairs = [
        _pair(request_id, other, by_photo.get(other), other in by_asker, by_place.get(other))
        for other in by_photo.keys() | by_asker | by_place.keys()
    ]
    if pairs:
        await queries.keep(pairs, at=clock.now())
    return len(pairs)


async def _by_place(request: Row, policy: LikenessPolicy) -> dict[UUID, float]:
    """Metres to those within the policy's, by request."""
    if request["longitude"] is None:
        return {}
    here = (request["longitude"], request["latitude"])
    reach = policy.place_m / METRES_PER_DEGREE / max(cos(radians(here[1])), 0.01)
    rows = await queries.by_place(request, apart=policy.place_within, reach_degrees=reach, most=policy.most)
    metres = {
        row["id"]: distance_m(here, (row["longitude"], row["latitude"]), exact_near_m=policy.place_m) for row in rows
    }
    return {other: far for other, far in metres.items() if far <= policy.place_m}


def _pair(request_id: UUID, other: UUID, bits: int | None, same_asker: bool, metres: float | None) -> dict[str, Any]:
    reasons = [
        reason
        for reason, holds in ((PHOTO, bits is not None), (ASKER, same_asker), (PLACE, metres is not None))
        if holds
    ]
    return {
        "request": request_id,
        "other": other,
        "reasons": " ".join(reasons),
        "distance_bits": bits,
        "distance_m": metres,
    }
