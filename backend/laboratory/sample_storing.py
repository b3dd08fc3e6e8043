"""Writing samples, the hands they go through, and what was agreed to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import connection, fetch, fetch_row
from backend.laboratory.sample_rules import day_bounds, made_code
from backend.laboratory.sample_schemas import NewSampleConsent


async def digest_of(sample_id: UUID) -> bytes | None:
    """What a repeat must equal; None where there is no such sample. One that only a file told of has an empty one."""
    row = await fetch_row("SELECT arguments_digest FROM laboratory_sample WHERE id = $1", sample_id)
    return (row["arguments_digest"] or b"") if row else None


async def insert(table: str, columns: Mapping[str, Any]) -> bool:
    """Write a row of `laboratory_sample` or `laboratory_hand_over`; false where something of the kind is there."""
    names, places = ", ".join(columns), ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    row = await fetch_row(
        f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING RETURNING id",
        *columns.values(),
    )
    return row is not None


async def insert_consents(
    sample_id: UUID, lines: Sequence[NewSampleConsent], *, at: datetime, recorded_by: UUID | None
) -> None:
    """Write each line of what was agreed to or not; one that is there already stays."""
    async with connection() as acquired:
        await acquired.executemany(
            "INSERT INTO laboratory_consent "
            "(id, sample, purpose, text_version, text_sha256, channel, method, given, at, recorded_by) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
            [
                (
                    *(each.id or ids.uuid7(at), sample_id, each.purpose.value, each.text_version),
                    *(bytes.fromhex(each.text_sha256), each.channel.value, each.method.value, each.given, at),
                    recorded_by,
                )
                for each in lines
            ],
        )


async def next_code(unit_id: UUID, received_at: datetime) -> str:
    """The next number of the day for a studio and all below it, so that none of their bags are mistaken for another's.

    Held to the end of the transaction: two bags at once wait for each other.
    """
    day = clock.local(received_at).date()
    root = await _root(unit_id)
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"laboratory sample code {root} {day}")
    row = await fetch_row(_LAST_CODE, root, *day_bounds(day), f"S{day:%y%m%d}")
    return made_code(day, row["code"] if row else None)


async def _root(unit_id: UUID) -> UUID:
    row = await fetch_row(_ROOT, unit_id)
    root: UUID = row["id"] if row else unit_id
    return root


_ROOT = """
WITH RECURSIVE above AS (
    SELECT id, parent, 1 AS step FROM people_unit WHERE id = $1
    UNION ALL SELECT u.id, u.parent, a.step + 1 FROM above a JOIN people_unit u ON u.id = a.parent WHERE a.step < 10
)
SELECT id FROM above ORDER BY step DESC LIMIT 1
"""
_LAST_CODE = """
WITH RECURSIVE below AS (
    SELECT id, 1 AS step FROM people_unit WHERE id = $1
    UNION ALL SELECT u.id, b.step + 1 FROM below b JOIN people_unit u ON u.parent = b.id WHERE b.step < 10
)
SELECT code FROM laboratory_sample
WHERE unit IN (SELECT id FROM below) AND received_at >= $2 AND received_at < $3 AND state = 'received'
    AND starts_with(code, $4) AND code ~ '^S[0-9]{10,}$'
ORDER BY length(code) DESC, code DESC LIMIT 1
"""
