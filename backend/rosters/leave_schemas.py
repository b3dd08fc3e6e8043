"""Leaves on the wire: what one asks for, what it touches, what was decided."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import Line, Moment
from backend.rosters.leave_tables import LeaveReason, LeaveState
from backend.rosters.roster_schemas import MAX_ROWS
from backend.rosters.schemas import ShiftRecord


class NewLeave(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To be away for a span. A supervisor may ask for one of the unit with `person_id`."""

    unit_id: UUID
    starts_at: Moment
    ends_at: Moment
    reason: LeaveReason
    person_id: UUID | None = None
    id: UUID | None = None


class Candidate(Struct, frozen=True, kw_only=True):
    """One of the unit who is free for a shift, with his hours on duty in the fortnight before and after it."""

    person_id: UUID
    name: str
    hours: float


class Affected(Struct, frozen=True, kw_only=True):
    """A shift inside the leave and who could take it, the least loaded first. Nobody: a task would find somebody."""

    shift: ShiftRecord
    candidates: list[Candidate]


class LeaveDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Yes or no. `substitutes` names who takes which shift; for the others the first candidate does."""

    approve: bool
    substitutes: Annotated[dict[UUID, UUID], Meta(max_length=MAX_ROWS)] = {}
    remark: Line | None = None


class LeaveRecord(Struct, frozen=True, kw_only=True):
    """A request, what it touches, and once it is approved who took over (`successors`) and what nobody holds."""

    id: UUID
    unit_id: UUID
    unit_name: str
    person_id: UUID
    person_name: str
    starts_at: datetime
    ends_at: datetime
    reason: LeaveReason
    state: LeaveState
    requested_at: datetime
    decided_at: datetime | None
    remark: str | None
    affected: list[Affected]
    successors: list[ShiftRecord]
