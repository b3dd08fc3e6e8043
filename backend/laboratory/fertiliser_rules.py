"""Fertiliser by the balance formula, with every number it was made of. A number is missing: there is no advice.

    kg/mu = (uptake × target yield − soil test × soil factor × correction) ÷ (nutrient content × season use rate)

Soil test, uptake and correction must speak of the nutrient in the same form (N; P or P₂O₅; K or K₂O): the form of the
trial that the coefficients come from. Nothing is turned into another form here.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from backend.laboratory.judgement_reasons import TERMS, Reason, because
from backend.laboratory.reference import fertiliser_coefficients, on_day, target_yield_ratios
from backend.laboratory.reference_rows import FertiliserCoefficient, TargetYieldRatio

RULE = "Nutrient balance; Lianxin 2026-01"
SHOWN = Decimal("0.1")
ONE, NONE = Decimal(1), Decimal(0)
NEEDED = ("uptake_kg_per_kg", "soil_factor", "correction", "nutrient_content", "use_rate")
SIGNATURE = Reason("needs_signature")


class Input(Struct, frozen=True):
    """One number of the formula. `value` is null where nobody told it and no row has it."""

    name: str
    value: Decimal | None
    unit: str
    source: str


class FertiliserAdvice(Struct, frozen=True, kw_only=True):
    """The advice, which is a draft until an agronomist signed it.

    kg_per_mu             null where a number is missing; never below zero
    before_share_kg_per_mu   what the formula gives before fixation is taken off
    """

    crop: str
    nutrient: str
    fertiliser: str
    kg_per_mu: Decimal | None = None
    before_share_kg_per_mu: Decimal | None = None
    crop_takes_kg_per_mu: Decimal | None = None
    soil_gives_kg_per_mu: Decimal | None = None
    inputs: tuple[Input, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    rule: str = RULE
    signed_by: str | None = None
    signature_note: str = "needs an agronomist's signature"


def correction_of(
    *, blank_yield_kg_per_mu: Decimal, uptake_kg_per_kg: Decimal, soil_test_mg_per_kg: Decimal, soil_factor: Decimal
) -> Decimal | None:
    """The correction that a blank plot gives; null where the soil test is nothing.

    >>> correction_of(blank_yield_kg_per_mu=Decimal(99), uptake_kg_per_kg=Decimal("0.05"),
    ...     soil_test_mg_per_kg=Decimal(60), soil_factor=Decimal("0.15"))
    Decimal('0.55')
    """
    soil = soil_test_mg_per_kg * soil_factor
    return blank_yield_kg_per_mu * uptake_kg_per_kg / soil if soil > 0 else None


def target_yields(
    *, mean_kg_per_mu: Decimal, crop_kind: str, on: date, ratios: Sequence[TargetYieldRatio] | None = None
) -> tuple[Decimal, Decimal] | None:
    """The usual stretch of targets over the mean of three years; crop_kind is grain or cash.

    >>> target_yields(mean_kg_per_mu=Decimal(400), crop_kind="grain", on=date(2026, 5, 1))
    (Decimal('440.0'), Decimal('500.00'))
    """
    rows = target_yield_ratios() if ratios is None else ratios
    row = on_day((each for each in rows if each.crop_kind == crop_kind), on)
    return (mean_kg_per_mu * row.ratio_low, mean_kg_per_mu * row.ratio_high) if row else None


def advise_fertiliser(
    *,
    crop: str,
    nutrient: str,
    fertiliser: str,
    target_yield_kg_per_mu: Decimal | None,
    soil_test_mg_per_kg: Decimal | None,
    on: date,
    coefficients: Sequence[FertiliserCoefficient] | None = None,
    own: Sequence[Input] = (),
) -> FertiliserAdvice:
    """How much of a fertiliser a mu needs.

    own   coefficients of this field or county with their source; they go before those on file
    """
    rows = fertiliser_coefficients() if coefficients is None else coefficients
    told = {each.name: each for each in own}
    inputs = [
        Input("target_yield_kg_per_mu", target_yield_kg_per_mu, "kg/mu", "told"),
        Input("soil_test_mg_per_kg", soil_test_mg_per_kg, "mg/kg", "soil test"),
        *(told.get(name) or _on_file(name, crop, nutrient, fertiliser, on, rows) for name in NEEDED),
    ]
    share = told.get("share_from_fertiliser") or _on_file("share_from_fertiliser", crop, nutrient, fertiliser, on, rows)
    if share.value is not None:
        inputs.append(share)
    draft = FertiliserAdvice(crop=crop, nutrient=nutrient, fertiliser=fertiliser, inputs=tuple(inputs))
    return _balanced(draft, {each.name: each.value for each in inputs})


def _on_file(
    name: str, crop: str, nutrient: str, fertiliser: str, on: date, rows: Sequence[FertiliserCoefficient]
) -> Input:
    """The row that fits; one that names the crop goes before one for all."""
    fits = [
        row
        for row in rows
        if row.name == name
        and row.counts_on(on)
        and row.crop in (None, crop)
        and row.nutrient in (None, nutrient)
        and row.fertiliser in (None, fertiliser)
    ]
    row = max(
        fits, key=lambda each: (each.crop is not None, each.fertiliser is not None, each.valid_from), default=None
    )
    return Input(name, row.value, row.unit, row.source) if row else Input(name, None, "", "")


def _balanced(draft: FertiliserAdvice, numbers: dict[str, Decimal | None]) -> FertiliserAdvice:
    missing = tuple(name for name, value in numbers.items() if value is None)
    told = {name: value for name, value in numbers.items() if value is not None}
    wrong = [
        because("input_implausible", name=TERMS[name], value=value)
        for name, value in told.items()
        if _wrong(name, value)
    ]
    if missing or wrong:
        gaps = [because("input_missing", missing=[TERMS[name] for name in missing])] if missing else []
        return _with(draft, missing=missing, reasons=(*gaps, *wrong, SIGNATURE))
    takes = told["uptake_kg_per_kg"] * told["target_yield_kg_per_mu"]
    gives = told["soil_test_mg_per_kg"] * told["soil_factor"] * told["correction"]
    need = max(takes - gives, NONE) / (told["nutrient_content"] * told["use_rate"])
    share = told.get("share_from_fertiliser")
    return _with(
        draft,
        kg_per_mu=_rounded(need * (ONE if share is None else share)),
        before_share_kg_per_mu=_rounded(need),
        crop_takes_kg_per_mu=takes,
        soil_gives_kg_per_mu=gives,
        reasons=tuple(_told(takes <= gives)),
    )


def _told(enough: bool) -> Iterator[Reason]:
    if enough:
        yield because("soil_has_enough")
    yield because("coefficient_varies")
    yield SIGNATURE


def _wrong(name: str, value: Decimal) -> bool:
    """Shares and rates are above nothing and at most one; a soil test may be nothing."""
    if not value.is_finite() or value < 0:
        return True
    if name in ("nutrient_content", "use_rate", "share_from_fertiliser"):
        return value > 1 or (value == 0 and name != "share_from_fertiliser")
    return value == 0 and name not in ("soil_test_mg_per_kg", "correction")


def _rounded(kg: Decimal) -> Decimal:
    return kg.quantize(SHOWN, rounding=ROUND_HALF_UP)


def _with(draft: FertiliserAdvice, **changes: Any) -> FertiliserAdvice:
    return replace(draft, **changes)
