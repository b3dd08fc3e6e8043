"""The shapes of flow slips (工作流转单)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PhotoIds, SpotAnswer, Title, UnitShown, Words
from backend.cases.words import CaseKind
from backend.core.shapes import Code, DivisionCode, Line, Moment, Name, Phone


class NewFlowSlips(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers for slips that are printed empty, for one stall or desk."""

    unit_id: UUID
    slips_n: Annotated[int, Meta(ge=1, le=200)]
    id: UUID | None = None


class FlowSlipRecord(Struct, frozen=True, kw_only=True):
    """A slip. `begun_at`: the time that stands on the paper; null while nobody has typed it in."""

    id: UUID
    number: str
    unit: UnitShown
    printed_at: datetime
    begun_at: datetime | None
    case_id: UUID | None
    case_number: str | None
    voided_at: datetime | None


class PrintedFlowSlips(Struct, frozen=True, kw_only=True):
    """What was printed at once, in the order of the numbers."""

    slips: list[FlowSlipRecord]


class TypedFlowSlip(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands on the paper. begun_at: when it was written; the case's clocks run from there.

    division_code, household_id   where: one of them
    answer       given at the stall: the case is closed in the same step
    photo_ids    of the paper, uploaded before by the same person
    """

    begun_at: Moment
    category_code: Code
    title: Title
    description: Words = ""
    kind: CaseKind = CaseKind.REQUEST
    division_code: DivisionCode | None = None
    household_id: UUID | None = None
    place_note: Line | None = None
    contact_name: Name | None = None
    contact_phone: Phone | None = None
    photo_ids: PhotoIds = []
    answer: SpotAnswer | None = None
