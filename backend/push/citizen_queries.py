"""The SQL of citizens' codes, wishes and consents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]


async def code(id: UUID) -> Row | None:
    """A code that was asked for."""
    return await fetch_row("SELECT * FROM push_citizen_code WHERE id = $1", id)


async def keep_code(
    *,
    id: UUID,
    phone_sealed: bytes,
    phone_index: bytes,
    division_code: str,
    asked_by: UUID | None,
    at: datetime,
    valid_until: datetime,
) -> bool:
    """Write it down; False where the id was taken meanwhile."""
    row = await fetch_row(
        """
        INSERT INTO push_citizen_code
            (id, phone_sealed, phone_index, division_code, asked_by, tries, asked_at, valid_until)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7) ON CONFLICT DO NOTHING RETURNING id
        """,
        id,
        phone_sealed,
        phone_index,
        division_code,
        asked_by,
        at,
        valid_until,
    )
    return row is not None


async def count_try(id: UUID, *, most: int, at: datetime) -> Row | None:
    """Count a try at a code before it is looked at; None where it opens nothing any more."""
    return await fetch_row(
        "UPDATE push_citizen_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND valid_until > $3 RETURNING *",
        id,
        most,
        at,
    )


async def address(id: UUID) -> Row | None:
    """An address of a citizen or a household that is in use."""
    return await fetch_row(
        "SELECT * FROM push_address WHERE id = $1 AND dead_at IS NULL AND subject_kind <> 'person'", id
    )


async def wish(id: UUID, *, interests: Sequence[str], muted: Sequence[str], at: datetime) -> Row | None:
    """What an address wants to hear of from now on."""
    return await fetch_row(
        """
        UPDATE push_address SET interests = $2, muted = $3, last_confirmed_at = $4
        WHERE id = $1 AND dead_at IS NULL AND subject_kind <> 'person' RETURNING *
        """,
        id,
        list(interests),
        list(muted),
        at,
    )


async def erase(id: UUID) -> Row | None:
    """The address and its number are gone; whose it was."""
    return await fetch_row(
        "DELETE FROM push_address WHERE id = $1 AND subject_kind <> 'person' RETURNING subject, opted_in_text", id
    )


async def agreed(subject: UUID) -> Row | None:
    """The newest line of a subject's consent to warnings."""
    return await fetch_row(
        "SELECT * FROM push_citizen_consent WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT 1", subject
    )


async def note_consent(
    *,
    id: UUID,
    subject: UUID,
    text_version: str,
    text_sha256: bytes,
    channel: str,
    method: str,
    given: bool,
    at: datetime,
    by: UUID | None,
) -> bool:
    """A line of the ledger; False where it stands there already."""
    rows = await fetch(
        """
        INSERT INTO push_citizen_consent
            (id, subject, text_version, text_sha256, channel, method, given, at, recorded_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id
        """,
        id,
        subject,
        text_version,
        text_sha256,
        channel,
        method,
        given,
        at,
        by,
    )
    return bool(rows)
