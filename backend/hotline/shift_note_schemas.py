"""The shapes of notes at shift change."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown
from backend.core.shapes import NO_NUL


class NewShiftNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one shift leaves to the next: receipt numbers and what to do, no names."""

    unit_id: UUID
    text: Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL)]
    id: UUID | None = None


class ShiftNoteRecord(Struct, frozen=True, kw_only=True):
    """A note. `taken_by`: who has read it and goes on; empty text: forgotten after six months."""

    id: UUID
    unit_id: UUID
    text: str
    written_at: datetime
    written_by: PersonShown
    taken_at: datetime | None
    taken_by: PersonShown | None
