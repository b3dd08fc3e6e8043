"""The SQL of anchors."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row


async def grown() -> Sequence[Any]:
    """The heads of timelines that grew since they were anchored, in the order of their cases."""
    return await fetch(
        'SELECT "case", seq, digest FROM cases_timeline_head WHERE anchored_seq IS DISTINCT FROM seq ORDER BY "case"'
    )


async def note_anchored(day: date, case_ids: list[UUID], seqs: list[int]) -> None:
    """A day's file holds these heads."""
    await fetch(
        """
        UPDATE cases_timeline_head t SET anchored_on = $1, anchored_seq = a.seq
        FROM unnest($2::uuid[], $3::int[]) AS a("case", seq)
        WHERE t."case" = a."case" AND (t.anchored_on IS DISTINCT FROM $1 OR t.anchored_seq IS DISTINCT FROM a.seq)
        """,
        *(day, case_ids, seqs),
    )


async def anchored_on(case_id: UUID) -> date | None:
    """The day whose file holds a timeline's head."""
    row = await fetch_row('SELECT anchored_on FROM cases_timeline_head WHERE "case" = $1', case_id)
    return row["anchored_on"] if row else None


async def began_at(case_id: UUID) -> datetime | None:
    """When the first line was written."""
    row = await fetch_row('SELECT at FROM cases_event WHERE "case" = $1 ORDER BY seq LIMIT 1', case_id)
    return row["at"] if row else None


async def digest_of(case_id: UUID, seq: int) -> bytes | None:
    """The digest of one line."""
    row = await fetch_row('SELECT digest FROM cases_event WHERE "case" = $1 AND seq = $2', case_id, seq)
    return row["digest"] if row else None
