"""What the dated rules say of one reading, and the circumstances in which it was taken."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from backend.laboratory.judgement_reasons import Reason
from backend.laboratory.words import Calibration, InvalidRun, LandUse, RunKind, SampleKind, SoilCategory, Verdict


class Context(Struct, frozen=True, kw_only=True, gc=False):
    """What a file seldom says and a judgement needs.

    sampled_on   the day that chooses the rules; without it the day of the test does, and the judgement says so
    received_on  the day on which the file came: where neither of the two is known, and the judgement says so
    crop         code or name of the commodity (`reference/commodities.csv`); without it the reading's sample name
    lod          the method's limit of detection in the limit's unit, for a reading that says only "not detected"
    blank_delta  ΔA₀ of the run, where the row has none
    run_invalid  why nothing that the run measured counts; empty: it does
    convert_oxides   a test told as P₂O₅ or K₂O may be turned into P or K
    """

    sampled_on: date | None = None
    received_on: date | None = None
    sample_kind: SampleKind | None = None
    crop: str | None = None
    land_use: LandUse | None = None
    ph: Decimal | None = None
    run_kind: RunKind = RunKind.ADVICE
    blank_delta: Decimal | None = None
    run_invalid: tuple[InvalidRun, ...] = ()
    lod: Decimal | None = None
    calibration: Calibration = Calibration.UNKNOWN
    convert_oxides: bool = False


class Judgement(Struct, frozen=True, kw_only=True, gc=False):
    """One judgement: at most one of `verdict`, `grade`, `ph_class`, `category`; none where nothing can be said.

    value, unit   what was judged, in the rule's unit: an inhibition computed, a percentage of OM as g/kg
    limit         the limit it was held against: MRL, cut-off, screening value
    rule          the rule's version, as it is printed; `source` where its numbers come from, with how sure we are
    reasons       why, the decisive one first, then what must be told beside it
    """

    verdict: Verdict | None = None
    grade: int | None = None
    ph_class: str | None = None
    category: SoilCategory | None = None
    value: Decimal | None = None
    unit: str | None = None
    limit: Decimal | None = None
    control: Decimal | None = None
    rule: str | None = None
    source: str | None = None
    instrument_disagrees: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its reasons, in their order."""
        return tuple(each.code for each in self.reasons)

    @property
    def says_nothing(self) -> bool:
        """Whether no rule could decide."""
        return self.verdict is None and self.grade is None and self.ph_class is None and self.category is None
