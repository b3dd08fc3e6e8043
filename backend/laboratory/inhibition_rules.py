"""The enzyme inhibition test (GB/T 5009.199-2003): what a percentage, or two absorbances, say of a sample."""

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal

from backend.laboratory.censoring import shown
from backend.laboratory.judgement_reasons import Reason, because
from backend.laboratory.judgements import Judgement
from backend.laboratory.naming import named
from backend.laboratory.reference import crop_effects, folded
from backend.laboratory.reference_rows import Commodity, InhibitionPolicy
from backend.laboratory.words import Comparator, RunKind, Verdict

HUNDRED = Decimal(100)
SHOWN = Decimal("0.01")
APART_PCT = Decimal(1)
"""Told and computed may differ by an instrument's rounding; by more, it is said."""

SHARES = frozenset({"1", "ratio", "fraction", "share", "比值", "小数"})


def inhibition_pct(*, blank_delta: Decimal, sample_delta: Decimal) -> Decimal:
    """(ΔA₀ − ΔAₜ) ÷ ΔA₀ × 100, of changes in absorbance over three minutes. Unrounded: 39.996 is below 40.

    >>> inhibition_pct(blank_delta=Decimal("0.500"), sample_delta=Decimal("0.250"))
    Decimal('50')
    >>> inhibition_pct(blank_delta=Decimal("0.40"), sample_delta=Decimal("0.44"))
    Decimal('-10')
    """
    return (blank_delta - sample_delta) * HUNDRED / blank_delta


def told_pct(value: Decimal, unit: str | None) -> Decimal | None:
    """The percentage that a value means; null where neither unit nor profile says whether it is one.

    >>> told_pct(Decimal("0.63"), "%"), told_pct(Decimal("0.63"), "ratio"), told_pct(Decimal("0.63"), None)
    (Decimal('0.63'), Decimal('63.00'), None)
    """
    named = folded(unit or "")
    if "%" in named or named in ("percent", "pct", "百分比"):
        return value
    return value * HUNDRED if named in SHARES else None


def verdict_of(pct: Decimal, policy: InhibitionPolicy) -> Verdict:
    """The band of a percentage; each begins with its number: 39.99 is negative, 40 suspect, 50 positive."""
    if pct >= policy.positive_from_pct:
        return Verdict.POSITIVE
    return Verdict.SUSPECT if pct >= policy.suspect_from_pct else Verdict.NEGATIVE


def judge_inhibition(
    *,
    value: Decimal | None,
    unit: str | None,
    comparator: Comparator,
    blank_delta: Decimal | None,
    sample_delta: Decimal | None,
    crop: Commodity | None,
    run_kind: RunKind,
    policy: InhibitionPolicy,
) -> Judgement:
    """The verdict on one sample. A blank outside its window makes the run invalid, whatever was read."""
    rule, source = policy.version, policy.source
    if blank_delta is not None and not policy.blank_delta_low <= blank_delta <= policy.blank_delta_high:
        low, high = policy.blank_delta_low, policy.blank_delta_high
        why = because("blank_out_of_window", blank=blank_delta, low=low, high=high)
        return Judgement(verdict=Verdict.INVALID, rule=rule, source=source, reasons=(why,))
    notes: tuple[Reason, ...] = () if blank_delta is not None else (BLANK_UNKNOWN,)
    if blank_delta is not None and sample_delta is not None:
        pct = inhibition_pct(blank_delta=blank_delta, sample_delta=sample_delta)
        notes = tuple(_computed(pct, value, unit, comparator, blank_delta, sample_delta))
        comparator = Comparator.EQUAL
    elif value is None:
        return Judgement(rule=rule, source=source, reasons=(because("nothing_to_judge"), *notes))
    else:
        told = told_pct(value, unit)
        if told is None:
            return Judgement(rule=rule, source=source, reasons=(because("percent_unclear", value=value), *notes))
        pct = told
    verdict = _certain(comparator, pct, policy)
    near = _floor(pct) if blank_delta is not None and sample_delta is not None else pct
    if verdict is None:
        limit = policy.suspect_from_pct if pct < policy.positive_from_pct else policy.positive_from_pct
        code = "above_undecided" if comparator is Comparator.ABOVE else "censored_undecided"
        why = because(code, shown=shown(comparator, pct), limit=limit)
        return Judgement(value=near, unit="%", rule=rule, source=source, reasons=(why, *notes))
    return Judgement(
        verdict=verdict,
        value=near,
        unit="%",
        limit=policy.positive_from_pct,
        rule=rule,
        source=source,
        reasons=(*_why(verdict, near, policy, crop, run_kind), *notes),
    )


BLANK_UNKNOWN = Reason("blank_unknown")
NO_PROOF = Reason("negative_is_no_proof")


def _floor(pct: Decimal) -> Decimal:
    return pct.quantize(SHOWN, rounding=ROUND_FLOOR)


def _computed(
    pct: Decimal, value: Decimal | None, unit: str | None, comparator: Comparator, blank: Decimal, sample: Decimal
) -> Iterator[Reason]:
    yield because("inhibition_computed", blank=blank, sample=sample, value=_floor(pct))
    told = None if value is None or comparator is not Comparator.EQUAL else told_pct(value, unit)
    if told is not None and abs(told - pct) > APART_PCT:
        yield because("told_differs_from_computed", told=told, computed=_floor(pct))


def _certain(comparator: Comparator, pct: Decimal, policy: InhibitionPolicy) -> Verdict | None:
    """The band for certain: `<40` is negative, `<45` may be suspect."""
    if comparator is Comparator.EQUAL:
        return verdict_of(pct, policy)
    if comparator is Comparator.ABOVE:
        return Verdict.POSITIVE if pct >= policy.positive_from_pct else None
    return Verdict.NEGATIVE if pct <= policy.suspect_from_pct else None


def _why(
    verdict: Verdict, pct: Decimal, policy: InhibitionPolicy, crop: Commodity | None, run_kind: RunKind
) -> Iterator[Reason]:
    facts = {"value": pct, "suspect_from": policy.suspect_from_pct, "positive_from": policy.positive_from_pct}
    if verdict is Verdict.NEGATIVE:
        yield Reason("below_bands", facts)
    else:
        yield Reason("inhibited" if verdict is Verdict.POSITIVE else "suspect_band", facts)
        yield because("repeat_then_confirm", repeats=policy.repeats_n)
    yield from _of_crop(verdict, crop)
    if pct < 0:
        yield because("negative_inhibition", value=pct)
    if pct > HUNDRED:
        yield because("over_hundred", value=pct)
    if verdict is Verdict.NEGATIVE:
        yield NO_PROOF
    elif run_kind is RunKind.SUPERVISION:
        yield because("objection_in_hours", hours=policy.objection_hours)


def _of_crop(verdict: Verdict, crop: Commodity | None) -> Iterator[Reason]:
    if crop is None:
        return
    if (crop.code, "interferes") in crop_effects():
        yield because("crop_interferes", crop=named(crop))
    if verdict is Verdict.SUSPECT and (crop.code, "suspect_often_over") in crop_effects():
        yield because("suspect_often_over", crop=named(crop))
