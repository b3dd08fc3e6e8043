"""The shapes of what a supervisor follows."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.words import CaseState
from backend.core.shapes import NO_NUL
from backend.deadlines.schemas import ClockRecord
from backend.hotline.callback_schemas import CallbackRecord

FollowUpNote = Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL, description="what he did; no names")]


class NewFollowUp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a supervisor did about it."""

    note: FollowUpNote
    id: UUID | None = None


class FollowUpRecord(Struct, frozen=True, kw_only=True):
    """It was followed up."""

    id: UUID
    at: datetime
    by: UUID
    by_name: str
    note: str


class SupervisedCallback(Struct, frozen=True, kw_only=True):
    """A callback that a supervisor follows, and its case as it stands now.

    case_unit, case_assignee   who has the case now
    clocks                     its clocks; of one that was reopened the fresh ones too
    waits                      nobody said yet what he did since it was opened, or since somebody was rung in the end
    """

    callback: CallbackRecord
    case_state: CaseState | None
    case_unit: str | None
    case_assignee: str | None
    clocks: list[ClockRecord]
    follow_ups: list[FollowUpRecord]
    waits: bool
