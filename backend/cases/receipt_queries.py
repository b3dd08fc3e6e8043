"""The SQL of receipts."""

from datetime import datetime
from uuid import UUID

from backend.core.database import fetch, fetch_row


async def valid(number: str) -> tuple[UUID, bytes] | None:
    """The case of a number and what is kept of its secret."""
    row = await fetch_row(
        'SELECT c.id, r.secret_mac FROM cases_case c JOIN cases_receipt r ON r."case" = c.id AND r.revoked_at IS NULL '
        "WHERE c.number = $1",
        number,
    )
    return (row["id"], row["secret_mac"]) if row else None


async def valid_of(case_id: UUID) -> tuple[UUID, bytes] | None:
    """The id of a case's receipt and what is kept of its secret."""
    row = await fetch_row('SELECT id, secret_mac FROM cases_receipt WHERE "case" = $1 AND revoked_at IS NULL', case_id)
    return (row["id"], row["secret_mac"]) if row else None


async def number_of(case_id: UUID) -> str | None:
    """The number of a case."""
    row = await fetch_row("SELECT number FROM cases_case WHERE id = $1", case_id)
    return row["number"] if row else None


async def renew(*, id: UUID, case_id: UUID, mac: bytes, by: UUID, at: datetime) -> None:
    """Revoke the receipt of a case, whose row the caller holds, and make another."""
    await fetch('UPDATE cases_receipt SET revoked_at = $2 WHERE "case" = $1 AND revoked_at IS NULL', case_id, at)
    await fetch(
        'INSERT INTO cases_receipt (id, "case", secret_mac, made_at, made_by) VALUES ($1, $2, $3, $4, $5)',
        *(id, case_id, mac, at, by),
    )
