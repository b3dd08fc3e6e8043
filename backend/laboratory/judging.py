"""The server judges: one reading in, one judgement out. Whatever stands in the row, nothing is raised."""

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from backend.core.clock import local
from backend.laboratory.inhibition_rules import judge_inhibition
from backend.laboratory.instrument_words import meaning
from backend.laboratory.judgement_notes import with_notes
from backend.laboratory.judgement_reasons import because
from backend.laboratory.judgements import Context, Judgement
from backend.laboratory.naming import analyte
from backend.laboratory.readings import Reading
from backend.laboratory.reference import inhibition_policies, on_day, strip_cutoffs
from backend.laboratory.reference_rows import Analyte, Commodity, StripCutoff
from backend.laboratory.residue_limits import Limits, shipped_limits
from backend.laboratory.residue_rules import ban_finding, judge_residue
from backend.laboratory.soil_fertility_rules import judge_fertility, judge_ph
from backend.laboratory.soil_pollution_rules import judge_soil_pollution
from backend.laboratory.strip_rules import CONFIRM, judge_strip
from backend.laboratory.words import Comparator, Method, SampleKind, Verdict

__all__ = ["Context", "Judgement", "judge"]

MOST_DIGITS = 9
"""A number with ten digits before its point, or ten noughts behind it, is no measurement; it would be slow, too."""


class Asked(Struct, frozen=True):
    """A reading with all that the rules ask about it."""

    reading: Reading
    context: Context
    analyte: Analyte | None
    crop: Commodity | None
    day: date
    limits: Limits
    cutoffs: Sequence[StripCutoff]

    @property
    def crop_text(self) -> str:
        """What was said of the crop."""
        return self.context.crop or self.reading.sample_name or ""


def judge(
    reading: Reading,
    *,
    context: Context,
    limits: Limits | None = None,
    cutoffs: Sequence[StripCutoff] | None = None,
) -> Judgement:
    """The judgement of one reading by the rules of its day.

    limits, cutoffs   a bench's own tables instead of the shipped ones

    >>> from decimal import Decimal
    >>> told = Reading(line=2, method=Method.ENZYME_INHIBITION, value=Decimal(50), unit="%", instrument_verdict="合格")
    >>> found = judge(told, context=Context(sampled_on=date(2026, 5, 1)))
    >>> found.verdict.value, found.instrument_disagrees, found.rule
    ('positive', True, 'GB/T 5009.199-2003; Lianxin bands 2026-01')
    """
    if odd := _implausible(reading, context):
        return Judgement(reasons=(because("value_implausible", value=odd),))
    day = _day(reading, context)
    if day is None:
        return Judgement(reasons=(because("day_unknown"),))
    tables = limits or shipped_limits()
    asked = Asked(
        reading=reading,
        context=context,
        analyte=analyte(reading.analyte) or tables.pesticide(reading.analyte_text),
        crop=tables.commodity(context.crop) or tables.commodity(reading.sample_name),
        day=day,
        limits=tables,
        cutoffs=strip_cutoffs() if cutoffs is None else cutoffs,
    )
    rule = _rule_for(asked)
    if isinstance(rule, Judgement):
        return rule
    return with_notes(rule(asked), reading=reading, context=context, day=day)


def _implausible(reading: Reading, context: Context) -> str | None:
    """The first number that cannot be one, as text."""
    numbers = (
        reading.value, reading.blank_delta, reading.sample_delta, reading.tc_ratio,
        context.ph, context.blank_delta, context.lod,
    )  # fmt: skip
    for number in numbers:
        if number and (not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS):
            return str(number)
    return None


def _day(reading: Reading, context: Context) -> date | None:
    if context.sampled_on or reading.tested_at is None:
        return context.sampled_on or context.received_on
    return (local(reading.tested_at) if reading.tested_at.tzinfo else reading.tested_at).date()


Rule = Callable[[Asked], Judgement]


def _rule_for(asked: Asked) -> Rule | Judgement:
    """By the method, else by what was measured; a test of leaves on a sample of soil has none."""
    reading, found = asked.reading, asked.analyte
    rule = _by_method(reading, found) or (_BY_KIND.get(found.kind) if found else None)
    if rule is None:
        code = "no_rule_for_method" if found else "analyte_unknown"
        return _nothing(code, analyte=reading.analyte_text or reading.analyte or "")
    kind = SampleKind.SOIL if rule in (_ph, _nutrient, _pollutant) else SampleKind.PRODUCE
    if asked.context.sample_kind not in (None, kind):
        return _nothing("sample_of_another_kind")
    if rule is not _inhibition and rule is not _ph and _below_nothing(reading):
        return _nothing("value_implausible", value=str(reading.value if rule is not _strip else reading.tc_ratio))
    return rule


def _by_method(reading: Reading, found: Analyte | None) -> Rule | None:
    soil = found is not None and found.sample_kind is SampleKind.SOIL
    if soil:
        return None
    if reading.method is Method.ENZYME_INHIBITION or (found and found.kind == "inhibition"):
        return _inhibition
    if reading.method is Method.STRIP or reading.tc_ratio is not None or reading.control_line is not None:
        return _residue if _is_content(reading, found) else _strip
    if reading.sample_delta is not None or (found is None and "%" in (reading.unit or "") and _unsaid(reading)):
        return _inhibition
    return None


def _is_content(reading: Reading, found: Analyte | None) -> bool:
    """Of a fluorescence strip the reader often tells a content in mg/kg and no T/C."""
    told = reading.value is not None and reading.tc_ratio is None and reading.control_line is not False
    return told and found is not None and bool(reading.unit) and reading.unit != "%"


def _unsaid(reading: Reading) -> bool:
    return reading.method is Method.UNKNOWN and not reading.analyte_text


def _below_nothing(reading: Reading) -> bool:
    return any(number is not None and number < 0 for number in (reading.value, reading.tc_ratio))


def _nothing(code: str, **facts: object) -> Judgement:
    return Judgement(reasons=(because(code, **facts),))


def _inhibition(asked: Asked) -> Judgement:
    policy = on_day(inhibition_policies(), asked.day)
    if policy is None:
        return _nothing("rule_not_begun", day=asked.day)
    reading, context = asked.reading, asked.context
    return judge_inhibition(
        value=reading.value,
        unit=reading.unit,
        comparator=reading.comparator,
        blank_delta=context.blank_delta if reading.blank_delta is None else reading.blank_delta,
        sample_delta=reading.sample_delta,
        crop=asked.crop,
        run_kind=context.run_kind,
        day=asked.day,
        policy=policy,
        theirs=meaning(reading.instrument_verdict or ""),
    )


def _strip(asked: Asked) -> Judgement:
    judged = judge_strip(
        tc_ratio=asked.reading.tc_ratio,
        control_line=asked.reading.control_line,
        analyte=asked.analyte,
        analyte_text=asked.reading.analyte_text or "",
        day=asked.day,
        cutoffs=asked.cutoffs,
    )
    if judged.verdict is not Verdict.POSITIVE or asked.analyte is None:
        return judged
    return replace(judged, reasons=(*ban_finding(asked.analyte, asked.day), *judged.reasons))


def _residue(asked: Asked) -> Judgement:
    reading = asked.reading
    judged = judge_residue(
        analyte=_known(asked),
        comparator=reading.comparator,
        value=reading.value,
        unit=reading.unit,
        lod=asked.context.lod,
        crop=asked.crop,
        crop_text=asked.crop_text,
        day=asked.day,
        limits=asked.limits,
    )
    rapid = reading.method is Method.STRIP and judged.verdict is Verdict.POSITIVE
    return replace(judged, reasons=(*judged.reasons, CONFIRM)) if rapid else judged


def _ph(asked: Asked) -> Judgement:
    return judge_ph(comparator=asked.reading.comparator, value=asked.reading.value, day=asked.day)


def _nutrient(asked: Asked) -> Judgement:
    reading = asked.reading
    return judge_fertility(
        analyte=_known(asked).code,
        comparator=reading.comparator,
        value=reading.value,
        unit=reading.unit,
        unit_implied=reading.unit_implied,
        day=asked.day,
        convert_oxides=asked.context.convert_oxides,
    )


def _pollutant(asked: Asked) -> Judgement:
    reading = asked.reading
    return judge_soil_pollution(
        analyte=_known(asked),
        comparator=reading.comparator,
        value=asked.context.lod
        if reading.value is None and reading.comparator is Comparator.NOT_DETECTED
        else reading.value,
        unit=reading.unit,
        ph=asked.context.ph,
        land_use=asked.context.land_use or asked.reading.land_use,
        day=asked.day,
    )


_BY_KIND: dict[str, Rule] = {
    "inhibition": _inhibition,
    "pesticide": _residue,
    "ph": _ph,
    "nutrient": _nutrient,
    "soil_pollutant": _pollutant,
}


def _known(asked: Asked) -> Analyte:
    if asked.analyte is None:
        raise LookupError("the rule was chosen by the analyte")
    return asked.analyte
