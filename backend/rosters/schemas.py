"""Shifts and offers of them, on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core.shapes import Line
from backend.rosters.roster_schemas import Reason
from backend.rosters.swap_tables import SwapState
from backend.rosters.tables import Post, ShiftState


class ShiftRecord(Struct, frozen=True, kw_only=True):
    """A shift as it is now. `follows` is the shift it took over; `offered_to` whom its holder asked to take it."""

    id: UUID
    unit_id: UUID
    unit_name: str
    division_code: str
    post: Post
    person_id: UUID
    person_name: str
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    missed_at: datetime | None
    entered_late: bool
    ended_at: datetime | None
    ending: str | None
    follows: UUID | None
    offered_to: UUID | None


class Cancellation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why; where hours are left without anybody, the reason is kept with them."""

    reason: Reason


class NewSwap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer to a colleague of the unit; with `in_return_shift_id`, against his."""

    to_person_id: UUID
    in_return_shift_id: UUID | None = None
    remark: Line | None = None
    id: UUID | None = None


class SwapRecord(Struct, frozen=True, kw_only=True):
    """An offer. `shift` is the offered one as it is now; `successors` are the shifts that an accepted offer made."""

    id: UUID
    state: SwapState
    shift: ShiftRecord
    in_return: ShiftRecord | None
    offered_by: UUID
    offered_by_name: str
    offered_to: UUID
    offered_to_name: str
    offered_at: datetime
    answered_at: datetime | None
    remark: str | None
    successors: list[ShiftRecord]


def shift_record(row: Any) -> ShiftRecord:
    """A row of `queries.SHIFT` as a record."""
    return msgspec.convert(dict(row), ShiftRecord)
