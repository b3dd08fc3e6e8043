"""The SQL of the gate."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row


async def due(*, at: datetime, most: int) -> list[UUID]:
    """Requests before the gate that have to be looked at: nothing was asked of the farmer yet, the time he was given is
    over, or a photo came since the last look. Those who wait longest first.
    """
    rows = await fetch(
        """
        SELECT r.id FROM diagnosis_request r WHERE r.state = 'awaiting_photo' AND (
            r.route_after <= $1
            OR NOT EXISTS (SELECT FROM diagnosis_question q WHERE q.request = r.id AND q.answered_at IS NULL)
            OR EXISTS (SELECT FROM media_photo p WHERE p.claimed_kind = 'case' AND p.claimed_id = r.id
                       AND p.state <> 'waiting' AND p.received_at > r.state_since)
            OR EXISTS (SELECT FROM media_photo p WHERE p.opener = 'receipt:' || r.id AND p.claimed_id IS NULL))
        ORDER BY r.state_since LIMIT $2
        """,
        at,
        most,
    )
    return [row["id"] for row in rows]


async def stands(request_id: UUID) -> Mapping[str, Any]:
    """Under which policy its case runs, when that was closed, and since when a better photo is asked for (nulls: it is
    open, and none is)."""
    row = await fetch_row(
        "SELECT c.policy_code, c.closed_at, q.asked_at FROM cases_case c LEFT JOIN diagnosis_question q "
        "ON q.request = c.id AND q.answered_at IS NULL AND q.asked_by IS NULL WHERE c.id = $1",
        request_id,
    )
    assert row is not None  # noqa: S101 - a request is a case
    return row


async def ask(id: UUID, *, request_id: UUID, at: datetime, words: str, reasons: Sequence[str]) -> None:
    """Ask for a better photo."""
    await fetch(
        "INSERT INTO diagnosis_question (id, request, asked_at, words, wants_photo, reasons) "
        "VALUES ($1, $2, $3, $4, TRUE, $5)",
        *(id, request_id, at, words, list(reasons)),
    )


async def ask_anew(request_id: UUID, *, words: str, reasons: Sequence[str]) -> bool:
    """Say of the newest photo why it is not enough; false where nothing was asked yet."""
    rows = await fetch(
        "UPDATE diagnosis_question SET words = $2, reasons = $3 "
        "WHERE request = $1 AND answered_at IS NULL AND asked_by IS NULL RETURNING id",
        *(request_id, words, list(reasons)),
    )
    return bool(rows)


async def settle(request_id: UUID, *, at: datetime) -> None:
    """What the house asked is not asked any more."""
    await fetch(
        "UPDATE diagnosis_question SET answered_at = $2 "
        "WHERE request = $1 AND answered_at IS NULL AND asked_by IS NULL",
        request_id,
        at,
    )
