"""How many shifts of a unit were kept in a span, and how many missed: of the unit, never of who held them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.rosters.tables import Post


class ShiftCounts(Struct, frozen=True):
    """Shifts that began; one that was missed and put right afterwards is kept."""

    kept: int = 0
    missed: int = 0


async def count_shifts(
    *, unit_ids: Collection[UUID], posts: Collection[Post], since: datetime, until: datetime
) -> dict[UUID, ShiftCounts]:
    """By unit, of these posts, begun from `since` to before `until` and before now. A unit without one is left out.

    What is published counts once somebody said that he is there, or it was missed. Older than 24 months are purged.
    """
    rows = await fetch(
        """
        SELECT unit, count(*) FILTER (WHERE state = 'confirmed') AS kept,
               count(*) FILTER (WHERE state = 'missed') AS missed
        FROM rosters_shift WHERE unit = ANY($1) AND post = ANY($2)
        AND starts_at >= $3 AND starts_at < least($4::timestamptz, $5)
        AND state IN ('published', 'confirmed', 'missed') GROUP BY unit
        """,
        *(list(unit_ids), [post.value for post in posts], since, until, clock.now()),
    )
    return {row["unit"]: ShiftCounts(row["kept"], row["missed"]) for row in rows}
