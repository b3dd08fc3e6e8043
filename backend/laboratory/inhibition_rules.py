"""The enzyme inhibition test (GB/T 5009.199-2003): what a percentage, or two absorbances, say of a sample."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from msgspec import Struct
from msgspec.structs import replace

from backend.laboratory.censoring import shown
from backend.laboratory.judgement_reasons import Reason, because
from backend.laboratory.judgements import Judgement
from backend.laboratory.naming import named
from backend.laboratory.reference import crop_effects, folded, on_day
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


class Measured(Struct, frozen=True):
    """What is held against the bands, and what is told of how it came about."""

    pct: Decimal
    comparator: Comparator
    notes: tuple[Reason, ...]
    computed: bool = False

    @property
    def printed(self) -> Decimal:
        """Never rounded up: 39.996 is printed 39.99, because it is below 40."""
        return self.pct.quantize(SHOWN, rounding=ROUND_FLOOR) if self.computed else self.pct

    def __str__(self) -> str:
        return shown(self.comparator, self.printed)


def judge_inhibition(
    *,
    value: Decimal | None,
    unit: str | None,
    comparator: Comparator,
    blank_delta: Decimal | None,
    sample_delta: Decimal | None,
    crop: Commodity | None,
    run_kind: RunKind,
    day: date,
    policy: InhibitionPolicy,
    theirs: Verdict | None = None,
) -> Judgement:
    """The verdict on one sample. A blank outside its window makes the run invalid, whatever was read.

    theirs   what the instrument's own verdict means, if it gave one: it may show how a bare number is meant
    """
    rule, source = policy.version, policy.source
    if blank_delta is not None and not policy.blank_delta_low <= blank_delta <= policy.blank_delta_high:
        low, high = policy.blank_delta_low, policy.blank_delta_high
        why = because("blank_out_of_window", blank=blank_delta, low=low, high=high)
        return Judgement(verdict=Verdict.INVALID, rule=rule, source=source, reasons=(why,))
    measured = _measured(value, unit, comparator, blank_delta, sample_delta)
    if measured is None:
        assert value is not None  # noqa: S101 - a number, but a percentage or a share?
        measured = _bare(value, comparator, theirs, policy, () if blank_delta is not None else (BLANK_UNKNOWN,))
    if isinstance(measured, Reason):
        notes = () if blank_delta is not None else (BLANK_UNKNOWN,)
        return Judgement(rule=rule, source=source, reasons=(measured, *notes))
    verdict = _certain(measured.comparator, measured.pct, policy)
    why_so = _undecided(measured, policy) if verdict is None else _why(verdict, measured, policy, crop, run_kind, day)
    return Judgement(
        verdict=verdict,
        value=measured.printed,
        unit="%",
        limit=policy.positive_from_pct,
        rule=rule,
        source=source,
        reasons=(*why_so, *measured.notes),
    )


BLANK_UNKNOWN = Reason("blank_unknown")
NO_PROOF = Reason("negative_is_no_proof")


def _measured(
    value: Decimal | None,
    unit: str | None,
    comparator: Comparator,
    blank: Decimal | None,
    sample: Decimal | None,
) -> Measured | Reason | None:
    """Computed where both absorbances are there, else as told; or why not; null: a number without a unit."""
    told = None if value is None else told_pct(value, unit)
    if blank is not None and sample is not None:
        pct = inhibition_pct(blank_delta=blank, sample_delta=sample)
        found = Measured(pct, Comparator.EQUAL, (), computed=True)
        notes = [because("inhibition_computed", blank=blank, sample=sample, value=found.printed)]
        if told is not None and comparator is Comparator.EQUAL and abs(told - pct) > APART_PCT:
            notes.append(because("told_differs_from_computed", told=told, computed=found.printed))
        return replace(found, notes=tuple(notes))
    if value is None:
        return because("lod_unknown" if comparator is Comparator.NOT_DETECTED else "nothing_to_judge")
    if told is None:
        return None
    return Measured(told, comparator, () if blank is not None else (BLANK_UNKNOWN,))


def _bare(
    value: Decimal, comparator: Comparator, theirs: Verdict | None, policy: InhibitionPolicy, notes: tuple[Reason, ...]
) -> Measured | Reason:
    """A number without a unit. Above one it can only be a percentage. Else it is read both ways: where both come to
    the same, that is it; where only one agrees with the instrument's own verdict, that one; else somebody must say.
    """
    if abs(value) > 1:
        return Measured(value, comparator, notes)
    share = Measured(value * HUNDRED, comparator, (*notes, because("read_as_share", value=value)))
    as_share, as_pct = (_certain(comparator, pct, policy) for pct in (share.pct, value))
    if as_share is as_pct is not None or (as_share is not None and as_share is theirs):
        return share
    return because("percent_unclear", value=value)


def _undecided(measured: Measured, policy: InhibitionPolicy) -> Iterator[Reason]:
    low, high = policy.suspect_from_pct, policy.positive_from_pct
    above = measured.comparator is Comparator.ABOVE
    code = "above_undecided" if above else "censored_undecided"
    yield because(code, shown=str(measured), limit=high if above or measured.pct >= high else low)


def _certain(comparator: Comparator, pct: Decimal, policy: InhibitionPolicy) -> Verdict | None:
    """The band for certain: `<40` is negative, `<45` may be suspect."""
    if comparator is Comparator.EQUAL:
        return verdict_of(pct, policy)
    if comparator is Comparator.ABOVE:
        return Verdict.POSITIVE if pct >= policy.positive_from_pct else None
    return Verdict.NEGATIVE if pct <= policy.suspect_from_pct else None


def _why(
    verdict: Verdict, measured: Measured, policy: InhibitionPolicy, crop: Commodity | None, run_kind: RunKind, day: date
) -> Iterator[Reason]:
    pct = measured.printed
    facts = {"value": str(measured), "suspect_from": policy.suspect_from_pct, "positive_from": policy.positive_from_pct}
    if verdict is Verdict.NEGATIVE:
        yield Reason("below_bands", facts)
    else:
        yield Reason("inhibited" if verdict is Verdict.POSITIVE else "suspect_band", facts)
        yield because("repeat_then_confirm", repeats=policy.repeats_n)
    yield from _of_crop(verdict, crop, day)
    if pct < 0:
        yield because("negative_inhibition", value=pct)
    if pct > HUNDRED:
        yield because("over_hundred", value=pct)
    if verdict is Verdict.NEGATIVE:
        yield NO_PROOF
    elif run_kind is RunKind.SUPERVISION:
        yield because("objection_in_hours", hours=policy.objection_hours)


def _of_crop(verdict: Verdict, crop: Commodity | None, day: date) -> Iterator[Reason]:
    if crop is None:
        return
    if on_day(crop_effects().get((crop.code, "interferes"), ()), day):
        yield because("crop_interferes", crop=named(crop))
    if verdict is Verdict.SUSPECT and on_day(crop_effects().get((crop.code, "suspect_often_over"), ()), day):
        yield because("suspect_often_over", crop=named(crop))
