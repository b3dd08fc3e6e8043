"""Reads of the library's approvals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from backend.core.database import fetch, fetch_row


class Approved(NamedTuple):
    """By which unit (or which place's supervisor), and when."""

    by: str
    at: datetime


async def approvals() -> Mapping[tuple[str, bytes], Approved]:
    """Every approval that stands, by item and the hash of its words; the first where there are several."""
    rows = await fetch(
        """
        SELECT DISTINCT ON (a.item, a.sha256) a.item, a.sha256, a.approved_at, coalesce(of.name, '') AS name
        FROM antifraud_library_approval a LEFT JOIN LATERAL (
            SELECT coalesce(u.name, v.name) AS name FROM people_role_assignment r
            JOIN territory_division v ON v.id = r.division LEFT JOIN people_unit u ON u.id = r.unit
            WHERE r.person = a.approved_by AND r.role IN ('supervisor', 'handler')
            ORDER BY u.kind = 'police' DESC NULLS LAST, r.role DESC, length(v.prefix), u.name LIMIT 1
        ) of ON TRUE
        WHERE a.withdrawn_at IS NULL ORDER BY a.item, a.sha256, a.approved_at
        """
    )
    return {(row["item"], row["sha256"]): Approved(row["name"], row["approved_at"]) for row in rows}


async def approved_words(*, item: str, sha256: bytes) -> bool:
    """Whether an approval of these words stands. Nobody else approves the item until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('library ' || $1::text, 0))", item)
    row = await fetch_row(
        "SELECT FROM antifraud_library_approval WHERE item = $1 AND sha256 = $2 AND withdrawn_at IS NULL LIMIT 1",
        item,
        sha256,
    )
    return row is not None


async def any_of_the_police(unit_ids: Sequence[UUID]) -> bool:
    """Whether one of these units is an open one of the police."""
    row = await fetch_row(
        "SELECT FROM people_unit WHERE id = ANY($1) AND kind = 'police' AND closed_at IS NULL LIMIT 1", list(unit_ids)
    )
    return row is not None
