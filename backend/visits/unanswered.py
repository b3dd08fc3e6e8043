"""Flags that wait for the cadre's word: what his own page shows him first."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor
from backend.visits.tables import FlagKind

LOOKED_BACK = timedelta(days=90)
"""As long as a point is precise: of an older visit nobody can say much any more."""


class FlaggedVisit(msgspec.Struct, frozen=True):
    """A visit of his own with flags he has not answered."""

    id: UUID
    occurred_at: datetime
    kinds: list[FlagKind]


async def flags_to_answer(*, by: Actor, limit: int = 10) -> list[FlaggedVisit]:
    """The newest of them. Reading the list marks nothing as seen; opening the visit does."""
    rows = await fetch(_UNANSWERED, by.person_id, clock.now() - LOOKED_BACK, limit)
    return [_flagged(row) for row in rows]


def _flagged(row: Mapping[str, Any]) -> FlaggedVisit:
    return FlaggedVisit(row["id"], row["occurred_at"], [FlagKind(kind) for kind in row["kinds"]])


_UNANSWERED = """
SELECT v.id, v.occurred_at, array_agg(f.kind ORDER BY f.kind) AS kinds
FROM visits_visit v JOIN visits_flag f ON f.visit = v.id AND f.answer IS NULL
WHERE v.recorded_by = $1 AND v.occurred_at > $2
GROUP BY v.id, v.occurred_at ORDER BY v.occurred_at DESC LIMIT $3
"""
