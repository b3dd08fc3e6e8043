"""The shapes of talks with units. A talk is with an office; whose chair it is stands nowhere."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, Moment

Office = Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL, description="an office (局长); no name")]
TalkReason = Annotated[str, Meta(min_length=1, max_length=400, pattern=NO_NUL)]
Agreed = Annotated[str, Meta(min_length=1, max_length=1000, pattern=NO_NUL)]


class NewUnitTalk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A talk that was held: about which case, with whom, and what was agreed, by when. `held_at`: now unless told."""

    case_id: UUID
    unit_id: UUID
    office: Office
    reason: TalkReason
    agreed: Agreed
    held_at: Moment | None = None
    fix_by: date | None = None
    id: UUID | None = None


class UnitTalkFix(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It was put right, and how."""

    fixed_on: date
    note: TalkReason


class UnitTalkRecord(Struct, frozen=True, kw_only=True):
    """A talk. `overdue`: the day passed by which it was to be put right, and nobody said that it was."""

    id: UUID
    case_id: UUID
    case_number: str
    unit_id: UUID
    unit_name: str
    office: str
    held_at: datetime
    recorded_at: datetime
    by: UUID
    by_name: str
    reason: str
    agreed: str
    fix_by: date | None
    fixed_on: date | None
    fixed_note: str | None
    overdue: bool
