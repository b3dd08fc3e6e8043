"""The SQL of filings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]

_FOUND = (
    'SELECT f.id, f."case" AS case_id, f.digest, c.number FROM open311_filing f JOIN cases_case c ON c.id = f."case"'
)


async def alone_with(partner_id: UUID, what: str) -> None:
    """Hold, until the transaction ends, what two requests at the same moment would both find missing."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 311))", f"{partner_id} {what}")


async def by_reference(partner_id: UUID, reference: str) -> Row | None:
    """What a partner filed under its own number."""
    return await fetch_row(f"{_FOUND} WHERE f.partner = $1 AND f.reference = $2", partner_id, reference)


async def by_digest(partner_id: UUID, digest: bytes, *, since: datetime) -> Row | None:
    """What a partner filed lately with the same content."""
    return await fetch_row(
        f"{_FOUND} WHERE f.partner = $1 AND f.digest = $2 AND f.filed_at >= $3 ORDER BY f.filed_at DESC LIMIT 1",
        partner_id,
        digest,
        since,
    )


async def by_id(filing_id: UUID) -> Row | None:
    """A filing by its token."""
    return await fetch_row(f"{_FOUND} WHERE f.id = $1", filing_id)


async def filed_case(partner_id: UUID, number: str) -> Row | None:
    """A case by its number, if this partner filed it."""
    return await fetch_row(
        'SELECT c.id, c.state, c.number FROM cases_case c JOIN open311_filing f ON f."case" = c.id '
        "WHERE c.number = $1 AND f.partner = $2",
        number,
        partner_id,
    )


async def case_of_line(line_id: UUID) -> UUID | None:
    """The case on whose timeline a line stands."""
    row = await fetch_row('SELECT "case" FROM cases_event WHERE id = $1', line_id)
    return row["case"] if row else None
