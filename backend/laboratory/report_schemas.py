"""The shapes of what is handed out: a sample's report, its verification, and advice on fertiliser."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown
from backend.core.shapes import NO_NUL, Code, Line
from backend.laboratory.sample_schemas import SampleItem
from backend.laboratory.words import RunKind, SampleKind


class ReportLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result as it is printed: texts, so that nothing is rounded on the way.

    verdict   the word's code (negative, 3, safe_use …); `verdict_says` in Chinese
    why       the sentences of its judgement, in Chinese
    bars_filled, bars_n   of a nutrient: how many bars of how many are drawn; level: low, middle or high
    """

    analyte: str
    value: str
    unit: str
    limit: str | None
    method: str
    verdict: str | None
    verdict_says: str
    rule: str | None
    source: str | None
    instrument_verdict: str | None
    disagrees: bool
    tested_at: datetime | None
    instrument: str | None
    calibration: str | None
    why: list[str]
    bars_filled: int = 0
    bars_n: int = 0
    level: str | None = None


class ReportContents(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a report says; frozen and signed when it is issued.

    A member that has a default is left out where it equals it: what was signed before a member was thought of is
    digested as it was.

    overall     what the farmer's page shows as a picture: stop, watch, clear, redo, open, soil (`farmer_words.Picture`)
    overall_says, means   the same in a word and in a sentence
    caution     that a free test is advice and no proof; of a supervision sampling: how to object, and until when
    what_to_do  in plain words, the most urgent first
    way         unit, time and temperature of every hand-over
    advice      on fertiliser, as far as an agronomist had signed it
    """

    number: str
    issued_at: datetime
    studio: str
    studio_phone: str | None
    issued_by: str
    sample_code: str
    sample_kind: SampleKind | None
    run_kind: RunKind
    crop: str | None
    plot: str | None
    village: str
    depth: str | None
    cores_n: int | None
    sampled_on: date | None
    received_at: datetime
    way: list[str]
    lines: list[ReportLine]
    overall: str
    overall_says: str
    what_to_do: list[str]
    caution: list[str]
    means: str = ""
    advice: list[str] = []
    language: str = "zh"


class NewReportIssue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Issue a sample's report as it stands now. A later one supersedes it."""

    id: UUID | None = None


class LabReportRecord(Struct, frozen=True, kw_only=True):
    """A report. `sha256` of the canonical JSON of `contents`, `signature` of these 32 bytes (Ed25519), in hex.

    superseded_by   the number of the report that counts instead
    """

    id: UUID
    number: str
    sample_id: UUID
    issued_at: datetime
    issued_by: PersonShown
    contents: ReportContents
    sha256: str
    signature: str
    key_id: str
    verify_url: str
    pdf_url: str
    slip_url: str | None
    superseded_by: str | None


class ReportVerification(Struct, frozen=True, kw_only=True):
    """What a stranger who holds a report may know: that it is ours, and whether it still counts. No finding.

    counts      it is the last of its sample; else `superseded_by` has come since
    genuine     the signature fits the digest under the key of `key_id`
    key_known   false: it was signed by an earlier key of ours, which we no longer have; then `genuine` says nothing
    sha256, signature, public_key   hex: with `contents` in hand anybody can check without us
    says_the_same   of a digest that was asked about; null where none was
    """

    number: str
    issued_at: datetime
    studio: str
    sample_code: str
    genuine: bool
    counts: bool
    superseded_by: str | None
    sha256: str
    signature: str
    key_id: str
    public_key: str
    says_the_same: bool | None
    erased: bool
    key_known: bool = True


class SigningKey(Struct, frozen=True, kw_only=True):
    """The key that reports are signed by today. Keep it, and reports can be checked without us.

    public_key   32 bytes of Ed25519 in hex
    signs        what the signature is of, in words for a programmer
    """

    key_id: str
    public_key: str
    algorithm: str
    signs: str


Kilograms = Annotated[float, Meta(gt=0, le=100_000)]


class OwnCoefficient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coefficient of this field or county, with where it comes from; it goes before the one on file."""

    name: Annotated[str, Meta(pattern="^[a-z_]{1,40}$")]
    value: Annotated[float, Meta(ge=0, le=1_000_000)]
    unit: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] = ""
    source: Annotated[str, Meta(min_length=2, max_length=200, pattern=NO_NUL)]


class NewFertiliserAdvice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be grown, and with which fertiliser.

    result_id                the soil test; the sample's newest of the nutrient unless told
    target_yield_kg_per_mu   or `mean_yield_kg_per_mu` of three years, from which the usual target follows
    """

    crop_code: Code
    nutrient: Annotated[str, Meta(pattern="^(n|p|p2o5|k|k2o)$")]
    fertiliser: Annotated[str, Meta(pattern="^[a-z0-9_]{1,40}$")]
    id: UUID | None = None
    result_id: UUID | None = None
    target_yield_kg_per_mu: Kilograms | None = None
    mean_yield_kg_per_mu: Kilograms | None = None
    crop_kind: Annotated[str, Meta(pattern="^(grain|cash)$")] | None = None
    own: Annotated[list[OwnCoefficient], Meta(max_length=10)] = []


class AdviceInput(Struct, frozen=True, kw_only=True):
    """One number of the formula; null: nobody told it and no row has it."""

    name: str
    says: str
    value: float | None
    unit: str
    source: str


class FertiliserAdviceRecord(Struct, frozen=True, kw_only=True):
    """Advice. `kg_per_mu` null: a number is missing, and `missing` says which. A draft until `signed_by`."""

    id: UUID
    sample_id: UUID
    crop_code: str
    crop: str
    nutrient: str
    fertiliser: str
    kg_per_mu: float | None
    crop_takes_kg_per_mu: float | None
    soil_gives_kg_per_mu: float | None
    inputs: list[AdviceInput]
    missing: list[str]
    reasons: list[str]
    rule: str
    made_at: datetime
    made_by: PersonShown
    signed_by: PersonShown | None
    signed_at: datetime | None
    signed_note: str | None
    note: str


class AdviceToSign(Struct, frozen=True, kw_only=True):
    """A draft that waits for a signature, and the sample that it is for."""

    sample: SampleItem
    advice: FertiliserAdviceRecord


class AdviceSignature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agronomist answers for the advice."""

    note: Line | None = None
