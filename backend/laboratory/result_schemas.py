"""The shapes of results, of judgements beside them, and of what is measured again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown
from backend.core.shapes import NO_NUL, Line, Moment
from backend.laboratory.words import (
    Comparator,
    JudgedBecause,
    Method,
    RetestKind,
    RetestState,
    SoilCategory,
    Verdict,
)


class ReasonShown(Struct, frozen=True):
    """Why, in the reader's language; codes never change their meaning."""

    code: str
    says: str


class JudgementShown(Struct, frozen=True, kw_only=True):
    """One judgement: at most one of verdict, grade, ph_class and category.

    because   null: the one that counts. joined, overridden, run_recorded: of before. asked: stands beside
    """

    verdict: Verdict | None
    grade: int | None
    ph_class: str | None
    category: SoilCategory | None
    value: float | None
    unit: str | None
    limit: float | None
    control: float | None
    rule: str | None
    source: str | None
    reasons: list[ReasonShown]
    at: datetime
    because: JudgedBecause | None = None
    by: PersonShown | None = None


class ResultRecord(Struct, frozen=True, kw_only=True):
    """One reading with the judgement that counts.

    method_code, modus_code   of our own list; and Modus 2, where one matches
    unit          as it was said, or implied by the instrument's profile (`unit_implied`)
    disagrees     the instrument says otherwise
    ban_found     a banned substance was found
    earlier       judgements of before and beside, the newest first; only in one result's own answer
    """

    id: UUID
    sample_id: UUID
    sample_code: str
    line: int
    import_id: UUID | None
    instrument_serial: str | None
    run_id: UUID | None
    analyte: str | None
    analyte_name: str | None
    analyte_text: str | None
    method: Method
    method_code: str | None
    modus_code: str | None
    comparator: Comparator
    value: float | None
    unit: str | None
    unit_implied: bool
    lod: float | None
    loq: float | None
    dilution: float | None
    blank_delta: float | None
    sample_delta: float | None
    tc_ratio: float | None
    control_line: bool | None
    instrument_verdict: str | None
    disagrees: bool
    ban_found: bool
    tested_at: datetime | None
    received_at: datetime
    judgement: JudgementShown
    reviewed_by: PersonShown | None
    reviewed_at: datetime | None
    retests: list["RetestRecord"]
    earlier: list[JudgementShown] = []


class NewRetest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something is to be measured again.

    kind      objection: only to a supervision sampling; its clock runs from `told_at`, when the result was received
    method    how it is to be measured; a confirmation and an objection by no rapid method
    """

    kind: RetestKind = RetestKind.OBJECTION
    id: UUID | None = None
    method: Method | None = None
    reason: Annotated[str, Meta(max_length=400, pattern=NO_NUL)] = ""
    told_at: Moment | None = None


class RetestAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What measuring again found: a result of the same sample and analyte."""

    result_id: UUID


class RetestWithdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It need not be measured again, and why. `taken_back`: of an objection, that whoever objected took it back."""

    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
    taken_back: bool = False


class RetestRecord(Struct, frozen=True, kw_only=True):
    """Something to be measured again.

    why_due   in words: from when and by which rule its clock runs, a line for each day
    late      it is open, and its report was due before now
    """

    id: UUID
    result_id: UUID
    kind: RetestKind
    number: int
    state: RetestState
    method: Method | None
    reason: str
    told_at: datetime | None
    asked_at: datetime
    asked_by: PersonShown | None
    due_at: datetime | None
    why_due: str | None
    answered_by_result: UUID | None
    answered_at: datetime | None
    sample_id: UUID | None = None
    sample_code: str | None = None
    analyte_name: str | None = None
    late: bool = False


class NewSecondLook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A strip's photo for an expert on duty; `photo_id` was uploaded before by the same person."""

    photo_id: UUID
    id: UUID | None = None


class SecondLookSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the expert sees on the strip."""

    seen: Verdict
    remark: Line | None = None


class SecondLookRecord(Struct, frozen=True, kw_only=True):
    """A second look. Before he has said his own, the expert reads neither the technician's reading nor ours.

    first     what the technician's row says; null while it is hidden from this reader
    photo     an address that opens for an hour
    """

    id: UUID
    result_id: UUID | None
    sample_code: str
    analyte_name: str | None
    expert: PersonShown
    asked_by: PersonShown
    asked_at: datetime
    photo: str | None
    first: Verdict | None
    seen: Verdict | None
    seen_at: datetime | None
    agrees: bool | None
    remark: str | None


class Rejudged(Struct, frozen=True, kw_only=True):
    """One result by the limits of a day, beside the judgement that counts."""

    result_id: UUID
    sample_code: str
    analyte: str | None
    counts: JudgementShown
    beside: JudgementShown
    differs: bool
