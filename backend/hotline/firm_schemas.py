"""The shapes of dissatisfied firms' matters."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown, UnitShown
from backend.cases.words import CaseState
from backend.core.shapes import NO_NUL
from backend.deadlines.schemas import ClockRecord
from backend.hotline.words import FirmCaseState

Word = Annotated[str, Meta(min_length=1, max_length=1000, pattern=NO_NUL)]


class NewEnterpriseCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A firm that is not satisfied with how its case ended.

    firm      its registered name
    reason    what it is not satisfied with: the unit reads it, and so does the firm on its receipt
    desk_unit_id   the leader's desk; the county's only government unit unless told
    """

    case_id: UUID
    firm: Annotated[str, Meta(min_length=2, max_length=120, pattern=NO_NUL)]
    reason: Annotated[str, Meta(min_length=1, max_length=1000, pattern=NO_NUL)]
    desk_unit_id: UUID | None = None
    id: UUID | None = None


class FirmHeard(Struct, frozen=True, kw_only=True):
    """What its case is about, and what the firm is not satisfied with; null once that was deleted."""

    title: str
    reason: str | None


class EnterpriseEndorsement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A leader's word (批示): what is to be done, by whom."""

    words: Word


class EnterpriseClosure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of it, and how the firm was told."""

    result: Word


class EnterpriseCaseRecord(Struct, frozen=True, kw_only=True):
    """A firm's matter on the leader's desk. Its clocks: `endorsement`, and `enterprise` until it is settled."""

    id: UUID
    case_id: UUID
    case_number: str
    case_state: CaseState
    firm: str
    division_code: str
    desk: UnitShown
    state: FirmCaseState
    opened_at: datetime
    opened_by: PersonShown | None
    endorsement: str | None
    endorsed_at: datetime | None
    endorsed_by: PersonShown | None
    result: str | None
    closed_at: datetime | None
    clocks: list[ClockRecord]
