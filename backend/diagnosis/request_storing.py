"""Writing a request and what was agreed to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core import ids
from backend.core.database import connection, fetch, fetch_row
from backend.diagnosis.request_schemas import NewRequestConsent


async def digest_of(request_id: UUID) -> bytes | None:
    """What a repeat of a request must equal; None where there is none."""
    row = await fetch_row("SELECT arguments_digest FROM diagnosis_request WHERE id = $1", request_id)
    return row["arguments_digest"] if row else None


async def insert(columns: Mapping[str, Any]) -> None:
    """Write a request, whose case the same transaction has just written."""
    names = ", ".join(columns)
    places = ", ".join(f"${i}" for i in range(1, len(columns) + 1))
    await fetch(f"INSERT INTO diagnosis_request ({names}) VALUES ({places})", *columns.values())


async def insert_consents(
    request_id: UUID, consents: Sequence[NewRequestConsent], *, at: datetime, recorded_by: UUID | None
) -> None:
    """Write each line of what was agreed to or not."""
    async with connection() as acquired:
        await acquired.executemany(
            "INSERT INTO diagnosis_consent "
            "(id, request, purpose, text_version, text_sha256, channel, method, given, at, recorded_by) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            [
                (
                    *(ids.uuid7(at), request_id, each.purpose.value, each.text_version),
                    *(bytes.fromhex(each.text_sha256), each.channel.value, each.method.value, each.given, at),
                    recorded_by,
                )
                for each in consents
            ],
        )
