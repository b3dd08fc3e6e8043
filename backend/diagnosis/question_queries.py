"""The SQL of what is asked back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]


async def question(question_id: UUID) -> Row | None:
    """One question, with the name of who asked it."""
    return await fetch_row(
        "SELECT q.*, p.name AS asked_by_name FROM diagnosis_question q LEFT JOIN people_person p ON p.id = q.asked_by "
        "WHERE q.id = $1",
        question_id,
    )


async def open_of(request_id: UUID) -> UUID | None:
    """What an expert asked and nobody has answered."""
    row = await fetch_row(
        "SELECT id FROM diagnosis_question WHERE request = $1 AND answered_at IS NULL AND asked_by IS NOT NULL",
        request_id,
    )
    return row["id"] if row else None


async def insert(id: UUID, *, request_id: UUID, asked_by: UUID, at: datetime, words: str, wants_photo: bool) -> None:
    """Write a question of an expert; one that nobody has answered yet is not asked any more."""
    await withdraw(request_id, at=at)
    await fetch(
        "INSERT INTO diagnosis_question (id, request, asked_by, asked_at, words, wants_photo, reasons) "
        "VALUES ($1, $2, $3, $4, $5, $6, '{}')",
        *(id, request_id, asked_by, at, words, wants_photo),
    )


async def withdraw(request_id: UUID, *, at: datetime) -> None:
    """Nothing is asked any more: the request has ended."""
    await fetch(
        "UPDATE diagnosis_question SET answered_at = $2 WHERE request = $1 AND answered_at IS NULL", request_id, at
    )


async def settle(id: UUID, *, at: datetime, answer: str | None, taken_by: UUID | None) -> None:
    """Write what the farmer says to it, and who wrote it down for him."""
    await fetch(
        "UPDATE diagnosis_question SET answered_at = $2, answer = $3, answer_taken_by = $4 WHERE id = $1",
        *(id, at, answer, taken_by),
    )


async def unanswered_since(at: datetime, *, most: int) -> list[UUID]:
    """Requests whose farmer was asked, and whose time to answer is over."""
    rows = await fetch(
        "SELECT id FROM diagnosis_request WHERE route_after IS NOT NULL AND route_after <= $1 AND state = 'asked' "
        "ORDER BY route_after LIMIT $2",
        at,
        most,
    )
    return [row["id"] for row in rows]
