"""The SQL of offers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.diagnosis.routing_queries import ANSWERS_TODAY, FITS

Row = Mapping[str, Any]

_IS_ABLE = f"""
SELECT 1 FROM diagnosis_request r JOIN diagnosis_expert e ON e.id = $2 JOIN people_person p ON p.id = e.id
WHERE r.id = $1 AND EXISTS (
    SELECT FROM diagnosis_competence k WHERE k.expert = e.id
    AND {FITS.format(crop="r.crop", topic="r.topic", code="r.division_code")})
"""

_COUNT = """
turn AS (
    INSERT INTO diagnosis_turn (id, expert, on_day, due, given) VALUES (gen_random_uuid(), $3, $5, 0, 1)
    ON CONFLICT (expert, on_day) DO UPDATE SET given = diagnosis_turn.given + 1
)
"""


async def offer(offer_id: UUID) -> Row | None:
    """One offer: its request and expert."""
    return await fetch_row("SELECT request, expert FROM diagnosis_offer WHERE id = $1", offer_id)


async def insert(
    offer_id: UUID, request_id: UUID, *, expert: UUID, at: datetime, day: date, until: datetime | None, ended: bool
) -> None:
    """An offer that a person made; `ended`: it is his at once. It counts as given to him."""
    await fetch(
        f"""
        WITH {_COUNT}
        INSERT INTO diagnosis_offer (id, request, expert, offered_at, until, ended_at, ending)
        VALUES ($1, $2, $3, $4, $6, CASE WHEN $7::bool THEN $4::timestamptz END, CASE WHEN $7 THEN 'claimed' END)
        """,
        *(offer_id, request_id, expert, at, day, until, ended),
    )


async def insert_claimed(request_id: UUID, *, expert: UUID, at: datetime, day: date) -> None:
    """Somebody took what was not before him alone: out of the pool, or as a chief."""
    await insert(ids.uuid7(at), request_id, expert=expert, at=at, day=day, until=None, ended=True)


async def end_last(request_id: UUID, *, at: datetime, remark: str) -> UUID | None:
    """The open offer of a request, or the one that its expert claimed, ends handed over; its id."""
    row = await fetch_row(
        """
        UPDATE diagnosis_offer SET ended_at = $2, ending = 'handed_over', remark = $3 WHERE id = (
            SELECT o.id FROM diagnosis_offer o JOIN diagnosis_request r ON r.id = o.request
            WHERE o.request = $1 AND (o.ended_at IS NULL OR (o.ending = 'claimed' AND o.expert = r.expert))
            ORDER BY o.ended_at IS NULL DESC, o.offered_at DESC, o.id DESC LIMIT 1)
        RETURNING id
        """,
        *(request_id, at, remark),
    )
    return row["id"] if row else None


async def last_ending(request_id: UUID, expert: UUID) -> str | None:
    """How the last offer of a request to an expert ended."""
    row = await fetch_row(
        "SELECT ending FROM diagnosis_offer WHERE request = $1 AND expert = $2 "
        "ORDER BY offered_at DESC, id DESC LIMIT 1",
        *(request_id, expert),
    )
    return row["ending"] if row else None


async def is_able(request_id: UUID, expert: UUID, *, day: date) -> bool:
    """Whether an expert's field and place cover a request, and he answers on a day."""
    answers = ANSWERS_TODAY.format(day="$3::date")
    return await fetch_row(f"{_IS_ABLE} AND {answers}", request_id, expert, day) is not None


async def was_in_pool_of(request_id: UUID, expert: UUID) -> bool:
    """Whether a request has been in the pool, and he is able for it."""
    pooled = "EXISTS (SELECT FROM diagnosis_routing t WHERE t.request = $1 AND t.decision = 'pooled')"
    return await fetch_row(f"{_IS_ABLE} AND {pooled}", request_id, expert) is not None
