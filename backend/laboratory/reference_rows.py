"""The kinds of dated rows that the room judges by: a row counts from `valid_from` through `valid_to`, both included.

Sources carry how sure we are: [2+] two sources or more, [1] one source, [K] from knowledge and to be checked.
"""

from datetime import date
from decimal import Decimal

import msgspec
from msgspec import Struct

from backend.laboratory.words import SampleKind


class Dated(Struct, frozen=True, kw_only=True):
    """The days on which a row counts, and where it comes from."""

    valid_from: date
    valid_to: date | None = None
    source: str

    def counts_on(self, day: date) -> bool:
        """Whether it counts on a day; its first and its last day do."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def unchecked(self) -> bool:
        """Whether it stands here from knowledge only."""
        return self.source.startswith("[K]")


class Named(Dated, frozen=True, kw_only=True):
    """A thing with a code, a name in each language, and what else people call it (parted by `|`)."""

    code: str
    name_zh: str
    name_en: str
    aliases: str = ""


class Analyte(Named, frozen=True, kw_only=True):
    """What may be measured. kind: inhibition, pesticide, ph, nutrient, soil_pollutant."""

    kind: str

    @property
    def sample_kind(self) -> SampleKind:
        """What it is measured in."""
        return SampleKind.PRODUCE if self.kind in ("inhibition", "pesticide") else SampleKind.SOIL


class Commodity(Named, frozen=True, kw_only=True):
    """A commodity or a category of them; a tree by `parent`. Codes of crops are those that the clinic uses."""

    parent: str | None = None


class InhibitionPolicy(Dated, frozen=True, kw_only=True):
    """Bands and window of the enzyme test. Each band begins with its number; the window has both its ends."""

    version: str
    suspect_from_pct: Decimal
    positive_from_pct: Decimal
    blank_delta_low: Decimal
    blank_delta_high: Decimal
    repeats_n: int
    objection_hours: int
    objection_days: int


class CropEffect(Dated, frozen=True, kw_only=True):
    """What a crop does to the enzyme test: `interferes`, or `suspect_often_over` the limit."""

    commodity: str
    effect: str


class StripCutoff(Dated, frozen=True, kw_only=True):
    """T/C at or below which a strip counts as positive (the substance takes the T line away)."""

    analyte: str
    tc_cutoff: Decimal
    kit: str | None = None


class ResidueStandard(Dated, frozen=True, kw_only=True):
    """Which edition of GB 2763 counts when."""

    code: str


class ResidueLimit(Dated, frozen=True, kw_only=True):
    """A maximum residue limit, mg/kg, for a commodity or all below a category, but for `except_for`."""

    standard: str
    pesticide: str
    commodity: str
    except_for: str = msgspec.field(name="except", default="")
    limit_mg_per_kg: Decimal
    temporary: bool = False


class SubstanceBan(Dated, frozen=True, kw_only=True):
    """From `valid_from` on the substance may be neither sold nor used."""

    analyte: str
    notice: str


class Range(Dated, frozen=True, kw_only=True):
    """A stretch of numbers whose ends are closed or open as they say; null is without end."""

    low: Decimal | None = None
    low_closed: bool | None = None
    high: Decimal | None = None
    high_closed: bool | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies within."""
        above = self.low is None or value > self.low or (bool(self.low_closed) and value == self.low)
        return above and (self.high is None or value < self.high or (bool(self.high_closed) and value == self.high))

    def __str__(self) -> str:
        """As a technician and a farmer read it: “> 30, ≤ 40”, “> 40”, “< 6”."""
        low = f"{'≥' if self.low_closed else '>'} {self.low}" if self.low is not None else ""
        high = f"{'≤' if self.high_closed else '<'} {self.high}" if self.high is not None else ""
        return ", ".join(filter(None, (low, high)))


class FertilityGrade(Range, frozen=True, kw_only=True):
    """One grade of the second national soil survey for one analyte, in `unit`."""

    version: str
    analyte: str
    unit: str
    grade: int


class PhClass(Range, frozen=True, kw_only=True):
    """One class of a table of pH classes; two tables are published, one of them is the default."""

    table: str
    default: bool
    ph_class: str


class SoilPollutionLimit(Dated, frozen=True, kw_only=True):
    """Screening and control value for `ph_above` < pH ≤ `ph_up_to`. land_use: paddy, orchard, other, any."""

    version: str
    analyte: str
    land_use: str
    ph_above: Decimal | None = None
    ph_up_to: Decimal | None = None
    screening_mg_per_kg: Decimal
    control_mg_per_kg: Decimal | None = None

    def holds(self, ph: Decimal) -> bool:
        """Whether a pH lies in its band."""
        return (self.ph_above is None or ph > self.ph_above) and (self.ph_up_to is None or ph <= self.ph_up_to)


class FertiliserCoefficient(Dated, frozen=True, kw_only=True):
    """One coefficient of the balance formula. Empty crop, nutrient or fertiliser: for all of them."""

    name: str
    crop: str | None = None
    nutrient: str | None = None
    fertiliser: str | None = None
    value: Decimal
    unit: str


class TargetYieldRatio(Dated, frozen=True, kw_only=True):
    """Target yield over the mean of three years. crop_kind: grain, cash."""

    crop_kind: str
    ratio_low: Decimal
    ratio_high: Decimal


class UnitFactor(Dated, frozen=True, kw_only=True):
    """What turns one way of telling a value into another."""

    name: str
    value: Decimal
