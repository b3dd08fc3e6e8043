"""The shapes of callers handed to another line."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown, UnitShown
from backend.core.shapes import NO_NUL
from backend.hotline.words import Line, TransferState

Why = Annotated[str, Meta(min_length=1, max_length=400, pattern=NO_NUL)]
Theirs = Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)]


class Responsible(StrEnum):
    """Who has the caller now."""

    US = "us"
    THE_LINE = "the_line"


class NewTransfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A caller is handed on, and we stay on the line until somebody there has him.

    call_id, case_id   whose caller: one of them at least
    unit_id            the desk that hands him on: the call's, else one's own, unless told
    their_desk         who answered there, an office
    """

    line: Line
    reason: Why
    call_id: UUID | None = None
    case_id: UUID | None = None
    unit_id: UUID | None = None
    their_desk: Theirs | None = None
    id: UUID | None = None


class TransferAcceptance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """They have him. their_reference: what they call it; their_desk: an office, no name."""

    their_reference: Theirs | None = None
    their_desk: Theirs | None = None


class TransferReturn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """They give him back."""

    because: Why
    their_reference: Theirs | None = None


class TransferRecord(Struct, frozen=True, kw_only=True):
    """A transfer. `reference`: ours, said to the other line; `responsible`: who has the caller now, with a name."""

    id: UUID
    reference: str
    line: Line
    call_id: UUID | None
    case_id: UUID | None
    case_number: str | None
    unit: UnitShown
    division_code: str
    state: TransferState
    responsible: Responsible
    responsible_name: str
    reason: str
    their_reference: str | None
    their_desk: str | None
    offered_at: datetime
    offered_by: PersonShown
    accepted_at: datetime | None
    returned_at: datetime | None
    returned_because: str | None
    closed_at: datetime | None
