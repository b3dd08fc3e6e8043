"""A residue in mg/kg against the limit of its day, and against the bans. No limit on file is never "within"."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from backend.laboratory.censoring import Standing, shown, standing
from backend.laboratory.judgement_reasons import Reason, because
from backend.laboratory.judgements import Judgement
from backend.laboratory.naming import named
from backend.laboratory.reference import on_day, substance_bans
from backend.laboratory.reference_rows import Analyte, Commodity, ResidueLimit, SubstanceBan
from backend.laboratory.residue_limits import Limits
from backend.laboratory.units import ACCEPTED, in_unit
from backend.laboratory.words import Comparator, Verdict

UNIT = "mg/kg"
NO_PROOF = Reason("limit_within_is_no_proof")
BAN_NOTE = Reason("ban_finding_note")


def ban_on(analyte: str, day: date) -> SubstanceBan | None:
    """The ban in force on a day.

    >>> ban_on("carbofuran", date(2026, 5, 31)) is None, ban_on("carbofuran", date(2026, 6, 1)).notice
    (True, '农业农村部公告第736号')
    """
    return on_day(substance_bans().get(analyte, ()), day)


def ban_finding(analyte: Analyte, day: date) -> tuple[Reason, ...]:
    """What is said beside a finding of a substance that was banned on the day of sampling; nothing otherwise."""
    ban = ban_on(analyte.code, day)
    if ban is None:
        return ()
    return (because("ban_finding", analyte=named(analyte), since=ban.valid_from, source=ban.notice), BAN_NOTE)


def judge_residue(
    *,
    analyte: Analyte,
    comparator: Comparator,
    value: Decimal | None,
    unit: str | None,
    lod: Decimal | None,
    crop: Commodity | None,
    crop_text: str,
    day: date,
    limits: Limits,
) -> Judgement:
    """The verdict on one substance in one sample; at the limit is within it.

    value   of "not detected" the limit of detection, where the file has it; else `lod`, in mg/kg
    """
    measured, why = _in_mg_per_kg(comparator, value, unit, lod)
    if why is not None:
        return Judgement(rule=_rule(limits, day), reasons=(why,))
    found = comparator in (Comparator.EQUAL, Comparator.ABOVE) and measured is not None and measured > 0
    banned = ban_finding(analyte, day) if found or comparator is Comparator.ABOVE else ()
    judged = _by_limit(analyte, comparator, measured, crop, crop_text, day, limits)
    if not banned:
        return judged
    return Judgement(
        verdict=Verdict.POSITIVE,
        value=judged.value,
        unit=UNIT,
        limit=judged.limit,
        rule=judged.rule,
        source=judged.source,
        reasons=(*banned, *judged.reasons),
    )


def _rule(limits: Limits, day: date) -> str | None:
    standard = limits.standard(day)
    return standard.code if standard else None


def _in_mg_per_kg(
    comparator: Comparator, value: Decimal | None, unit: str | None, lod: Decimal | None
) -> tuple[Decimal | None, Reason | None]:
    if value is None:
        missing = None if comparator is Comparator.NOT_DETECTED else because("nothing_to_judge")
        return lod, missing
    if not unit:
        return None, because("unit_missing")
    turned = in_unit(value, unit, UNIT)
    return turned, None if turned is not None else because("unit_unknown", unit=unit, accepted=list(ACCEPTED[UNIT]))


def _by_limit(
    analyte: Analyte,
    comparator: Comparator,
    value: Decimal | None,
    crop: Commodity | None,
    crop_text: str,
    day: date,
    limits: Limits,
) -> Judgement:
    rule = _rule(limits, day)
    undecided = Judgement(value=value, unit=UNIT, rule=rule)
    if rule is None:
        return _saying(undecided, because("rule_not_begun", day=day))
    if crop is None:
        return _saying(undecided, because("crop_unknown", crop=crop_text))
    limit = limits.find(pesticide=analyte.code, commodity=crop.code, day=day)
    if limit is None:
        return _saying(undecided, *_no_limit(analyte, crop, day, limits, rule))
    judged = Judgement(value=value, unit=UNIT, limit=limit.limit_mg_per_kg, rule=rule, source=limit.source)
    if value is None:
        return _saying(judged, because("lod_unknown"))
    return _against(judged, limit, comparator, value, crop)


def _no_limit(analyte: Analyte, crop: Commodity, day: date, limits: Limits, rule: str) -> Iterator[Reason]:
    yield because("no_limit_on_file", standard=rule, analyte=named(analyte), crop=named(crop))
    if older := limits.older(pesticide=analyte.code, commodity=crop.code, day=day):
        yield because("older_limit_not_valid", standard=older.standard, limit=older.limit_mg_per_kg)


def _against(
    judged: Judgement, limit: ResidueLimit, comparator: Comparator, value: Decimal, crop: Commodity
) -> Judgement:
    most = limit.limit_mg_per_kg
    facts = {"value": value, "limit": most, "crop": named(crop)}
    checks = (because("row_unchecked"),) if limit.unchecked else ()
    match standing(comparator, value, most):
        case Standing.OVER:
            return _saying(judged, Reason("over_limit", facts), *checks, verdict=Verdict.POSITIVE)
        case Standing.WITHIN:
            code = "within_limit" if comparator is Comparator.EQUAL else "below_value_within"
            return _saying(judged, Reason(code, facts), NO_PROOF, *checks, verdict=Verdict.NEGATIVE)
    code = "above_undecided" if comparator is Comparator.ABOVE else "censored_undecided"
    return _saying(judged, because(code, shown=shown(comparator, value), limit=most))


def _saying(judged: Judgement, *reasons: Reason, verdict: Verdict | None = None) -> Judgement:
    return Judgement(
        verdict=verdict,
        value=judged.value,
        unit=judged.unit,
        limit=judged.limit,
        rule=judged.rule,
        source=judged.source,
        reasons=reasons,
    )
