"""What open boards show of a desk, as few marks: one question for all boards of a process, every second or two."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch

Part = Literal["calls", "missed", "callbacks", "notes", "cases"]
"""A part of a board, as the page knows it."""


class Mark(Struct, frozen=True):
    """That something is as it is.

    sum   changes when one of them comes, goes or changes; the same mark again is the same state
    """

    what: Part
    unit_id: UUID | None
    division_code: str
    sum: int


_MARKS = """
SELECT 'calls' AS what, unit AS unit_id, division_code,
       bit_xor(hashtextextended(concat(id, state, operator), 0)) AS sum
FROM hotline_call WHERE state IN ('ringing', 'talking') GROUP BY unit, division_code
UNION ALL
SELECT CASE reason WHEN 'missed_call' THEN 'missed' ELSE 'callbacks' END, unit, division_code,
       bit_xor(hashtextextended(concat(id, assignee, tries_n), 0))
FROM hotline_callback WHERE state = 'open' AND due_at <= $1 GROUP BY 1, unit, division_code
UNION ALL
SELECT 'notes', unit, '', bit_xor(hashtextextended(id::text, 0))
FROM hotline_shift_note WHERE taken_at IS NULL AND unit = ANY($2) GROUP BY unit
UNION ALL
SELECT 'cases', assignee_unit, division_code, hashtextextended(id::text, 0)
FROM cases_case WHERE received_at > $3 AND closed_at IS NULL
"""
"""Each part has its own small index: what is over is not looked at. Only cases that came since $3 are told: a queue of
thousands that move all day would have every board asking all day."""


async def marks(*, at: datetime, units: Collection[UUID], cases_since: datetime) -> frozenset[Mark]:
    """How it stands; notes of these units alone."""
    rows = await fetch(_MARKS, at, list(units), cases_since)
    return frozenset(Mark(**row) for row in rows)
