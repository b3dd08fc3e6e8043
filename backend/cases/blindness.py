"""Opinions that are worth something because they are blind: until somebody has given his own, a case's timeline tells
him what was asked and sent, and nothing of what others made of it.

The room that asks for such an opinion begins and ends it, in its own transaction.
"""

from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row

ASKED_AND_SENT = frozenset(
    {"opened", "dispatched", "taken_in_hand", "transferred", "suspended", "resumed", "photos_added", "relayed"}
)
"""The kinds of lines that whoever is blind reads."""


async def begin(*, case_id: UUID, person_id: UUID) -> None:
    """From now on. A second time changes nothing."""
    await fetch(
        'INSERT INTO cases_blindness (id, "case", person, begun_at) VALUES ($1, $2, $3, $4) '
        'ON CONFLICT ("case", person) DO NOTHING',
        ids.uuid7(),
        case_id,
        person_id,
        clock.now(),
    )


async def end(*, case_id: UUID, person_id: UUID) -> None:
    """He has said what he thinks, or is not asked any more."""
    await fetch(
        'UPDATE cases_blindness SET ended_at = $3 WHERE "case" = $1 AND person = $2 AND ended_at IS NULL',
        case_id,
        person_id,
        clock.now(),
    )


async def is_blind(*, case_id: UUID, person_id: UUID) -> bool:
    """Whether he still owes an opinion of this case."""
    row = await fetch_row(
        'SELECT 1 FROM cases_blindness WHERE "case" = $1 AND person = $2 AND ended_at IS NULL', case_id, person_id
    )
    return row is not None
