"""What the room judges by: dated rows with their source, read once from the CSV files beside this one.

A row counts from `valid_from` through `valid_to`, both days included. Lists inside a field are parted by `|`.
`strip_cutoffs.csv` ships empty: no cut-off was verified; a bench enters what stands on its kits.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from backend.laboratory.reference_rows import (
    Analyte,
    Commodity,
    CropEffect,
    Dated,
    FertiliserCoefficient,
    FertilityGrade,
    InhibitionPolicy,
    Named,
    PhClass,
    ResidueLimit,
    ResidueStandard,
    SoilPollutionLimit,
    StripCutoff,
    SubstanceBan,
    TargetYieldRatio,
    UnitFactor,
)

HERE = Path(__file__).parent


Row = TypeVar("Row", bound=Dated)


def folded(text: str) -> str:
    """One spelling of many: full width, capitals, blanks, trailing NULs, the kinds of dash.

    >>> folded("Ｃｒ（Ⅵ）\\0"), folded("Oxine-copper")
    ('cr(vi)', 'oxine_copper')
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip("\0 \t\r\n")
    return plain.replace(" ", "_").replace("-", "_").replace("–", "_")


Thing = TypeVar("Thing", bound=Named)


def by_name(rows: Iterable[Thing]) -> dict[str, Thing]:
    """Rows by code, names and aliases, folded. A code goes before another row's alias."""
    listed = list(rows)
    found: dict[str, Thing] = {}
    for each in listed:
        found |= {folded(name): each for name in (*each.aliases.split("|"), each.name_en, each.name_zh) if name}
    return found | {folded(each.code): each for each in listed}


def on_day(rows: Iterable[Row], day: date) -> Row | None:
    """The row that counts on a day, the newest if several do."""
    return max((row for row in rows if row.counts_on(day)), key=lambda row: row.valid_from, default=None)


Key = TypeVar("Key")


def grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, tuple[Row, ...]]:
    """Rows by a key, in the order of the file."""
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return {each: tuple(those) for each, those in found.items()}


def read_rows(kind: type[Row], name: str, *, folder: Path = HERE) -> tuple[Row, ...]:
    """The rows of one file as Structs. Empty fields are null or the default."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return tuple(msgspec.convert(_said(row), kind, strict=False) for row in csv.DictReader(file))


_YES = {"yes": "true", "no": "false"}


def _said(row: dict[str, str]) -> dict[str, str]:
    return {name: _YES.get(text, text) for name, text in row.items() if text}


@cache
def analytes() -> dict[str, Analyte]:
    """What we can judge, by every name."""
    return by_name(read_rows(Analyte, "analytes.csv"))


@cache
def commodities() -> dict[str, Commodity]:
    """Commodities and categories, by every name."""
    return by_name(read_rows(Commodity, "commodities.csv"))


@cache
def inhibition_policies() -> Sequence[InhibitionPolicy]:
    """Bands and window of the enzyme test."""
    return read_rows(InhibitionPolicy, "inhibition_policies.csv")


@cache
def crop_effects() -> dict[tuple[str, str], tuple[CropEffect, ...]]:
    """By commodity and effect."""
    return grouped(read_rows(CropEffect, "crop_effects.csv"), lambda row: (row.commodity, row.effect))


@cache
def strip_cutoffs() -> Sequence[StripCutoff]:
    """What the bench entered."""
    return read_rows(StripCutoff, "strip_cutoffs.csv")


@cache
def residue_standards() -> Sequence[ResidueStandard]:
    """The editions of GB 2763."""
    return read_rows(ResidueStandard, "residue_standards.csv")


@cache
def residue_limits() -> Sequence[ResidueLimit]:
    """The limits that were verified, few as they are."""
    return read_rows(ResidueLimit, "residue_limits.csv")


@cache
def substance_bans() -> dict[str, tuple[SubstanceBan, ...]]:
    """By analyte."""
    return grouped(read_rows(SubstanceBan, "substance_bans.csv"), lambda row: row.analyte)


@cache
def fertility_grades() -> dict[str, tuple[FertilityGrade, ...]]:
    """By analyte, the best grade first."""
    return grouped(read_rows(FertilityGrade, "fertility_grades.csv"), lambda row: row.analyte)


@cache
def ph_classes() -> Sequence[PhClass]:
    """Both tables."""
    return read_rows(PhClass, "ph_classes.csv")


@cache
def soil_pollution_limits() -> dict[str, tuple[SoilPollutionLimit, ...]]:
    """By analyte."""
    return grouped(read_rows(SoilPollutionLimit, "soil_pollution_limits.csv"), lambda row: row.analyte)


@cache
def fertiliser_coefficients() -> Sequence[FertiliserCoefficient]:
    """Of the balance formula."""
    return read_rows(FertiliserCoefficient, "fertiliser_coefficients.csv")


@cache
def target_yield_ratios() -> Sequence[TargetYieldRatio]:
    """Usual targets."""
    return read_rows(TargetYieldRatio, "target_yield_ratios.csv")


@cache
def unit_factors() -> Sequence[UnitFactor]:
    """Carbon to matter, P to P₂O₅, K to K₂O."""
    return read_rows(UnitFactor, "unit_factors.csv")
