"""Soil pollution by GB 15618-2018: total content against screening and control values, by pH and land use.

At or below screening: priority protection. Over control: strict control. Between: safe use. Copper, nickel and zinc
have no control value. Chromium(VI) is of the standard for building land and is refused here.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from backend.laboratory.censoring import Standing, shown, standing
from backend.laboratory.judgement_reasons import Reason, because
from backend.laboratory.judgements import Judgement
from backend.laboratory.naming import named
from backend.laboratory.reference import soil_pollution_limits
from backend.laboratory.reference_rows import Analyte, SoilPollutionLimit
from backend.laboratory.soil_fertility_rules import HIGHEST_PH, LOWEST_PH
from backend.laboratory.units import ACCEPTED, in_unit
from backend.laboratory.words import Comparator, LandUse, SoilCategory

STANDARD = "GB 15618-2018"
UNIT = "mg/kg"
ONE_SAMPLE = Reason("one_sample_only")
ORDER = list(SoilCategory)

TOLD_AS = {
    LandUse.PADDY: ("paddy", "other"),
    LandUse.UPLAND: ("other",),
    LandUse.ORCHARD: ("orchard", "other"),
    LandUse.ROTATION: ("paddy", "other"),
}
"""The rows of each use, the first that is there counts: copper has one for orchards and none for paddy. A rotation
takes the stricter of two."""


def worst(categories: Iterable[SoilCategory]) -> SoilCategory | None:
    """The category of a sample out of those of its elements.

    >>> worst([SoilCategory.SAFE_USE, SoilCategory.PRIORITY_PROTECTION]).value
    'safe_use'
    """
    return max(categories, key=ORDER.index, default=None)


def limit_for(*, analyte: str, land_use: LandUse | None, ph: Decimal, day: date) -> SoilPollutionLimit | None:
    """The row that counts. Of a rotation the one with the smaller screening value.

    >>> row = limit_for(analyte="cadmium", land_use=LandUse.ROTATION, ph=Decimal("7.6"), day=date(2026, 5, 1))
    >>> row.land_use, row.screening_mg_per_kg, row.control_mg_per_kg
    ('other', Decimal('0.6'), Decimal('4.0'))
    """
    rows = [each for each in soil_pollution_limits().get(analyte, ()) if each.counts_on(day) and each.holds(ph)]
    uses = ("any", *TOLD_AS[land_use]) if land_use else ("any",)
    fits = [each for use in uses for each in rows if each.land_use == use]
    if land_use is LandUse.ROTATION:
        return min(fits, key=lambda each: each.screening_mg_per_kg, default=None)
    return fits[0] if fits else None


def judge_soil_pollution(
    *,
    analyte: Analyte,
    comparator: Comparator,
    value: Decimal | None,
    unit: str | None,
    ph: Decimal | None,
    land_use: LandUse | None,
    day: date,
) -> Judgement:
    """The category by one element."""
    rows = [each for each in soil_pollution_limits().get(analyte.code, ()) if each.counts_on(day)]
    why = _refused(analyte, rows, ph, land_use, day)
    if why is None and value is None:
        why = because("lod_unknown" if comparator is Comparator.NOT_DETECTED else "nothing_to_judge")
    if why is None and not unit:
        why = because("unit_missing")
    if why is not None:
        return Judgement(rule=rows[0].version if rows else STANDARD, reasons=(why,))
    measured = in_unit(value or Decimal(0), unit or "", UNIT)
    if measured is None:
        wrong = because("unit_unknown", unit=unit, accepted=list(ACCEPTED[UNIT]))
        return Judgement(rule=rows[0].version, reasons=(wrong,))
    limit = limit_for(analyte=analyte.code, land_use=land_use, ph=ph or Decimal(7), day=day)
    if limit is None:
        return Judgement(rule=rows[0].version, reasons=(because("rule_not_begun", day=day),))
    return _by(limit, comparator, measured, rotation=land_use is LandUse.ROTATION and limit.land_use != "any")


def _refused(
    analyte: Analyte, rows: list[SoilPollutionLimit], ph: Decimal | None, land_use: LandUse | None, day: date
) -> Reason | None:
    """Why no row can be chosen."""
    if not soil_pollution_limits().get(analyte.code):
        return because("not_in_standard", analyte=named(analyte), standard=STANDARD)
    if not rows:
        return because("rule_not_begun", day=day)
    if any(each.ph_above is not None for each in rows):
        if ph is None:
            return because("ph_missing")
        if not LOWEST_PH <= ph <= HIGHEST_PH:
            return because("ph_implausible", ph=ph)
    if land_use is None and any(each.land_use != "any" for each in rows):
        return because("land_use_missing")
    return None


def _by(limit: SoilPollutionLimit, comparator: Comparator, value: Decimal, *, rotation: bool) -> Judgement:
    category, why = _category(limit, comparator, value)
    notes = [because("stricter_of_rotation")] if rotation else []
    notes += [because("row_unchecked")] if limit.unchecked else []
    return Judgement(
        category=category,
        value=value,
        unit=UNIT,
        limit=limit.screening_mg_per_kg,
        control=limit.control_mg_per_kg,
        rule=limit.version,
        source=limit.source,
        reasons=(why, *notes, ONE_SAMPLE),
    )


def _category(limit: SoilPollutionLimit, comparator: Comparator, value: Decimal) -> tuple[SoilCategory | None, Reason]:
    screening, control = limit.screening_mg_per_kg, limit.control_mg_per_kg
    said = shown(comparator, value)
    facts = {"value": said, "screening": screening, "control": control, "shown": said}
    stands = standing(comparator, value, screening)
    if stands is Standing.WITHIN:
        return SoilCategory.PRIORITY_PROTECTION, Reason("within_screening", facts)
    if stands is Standing.OPEN:
        code = "above_undecided" if comparator is Comparator.ABOVE else "censored_undecided"
        return None, because(code, shown=facts["shown"], limit=screening)
    if control is None:
        return SoilCategory.SAFE_USE, Reason("over_screening_no_control", facts)
    over = standing(comparator, value, control)
    if over is Standing.OPEN:
        return None, Reason("at_least_screening_over", facts)
    if over is Standing.OVER:
        return SoilCategory.STRICT_CONTROL, Reason("over_control", facts)
    return SoilCategory.SAFE_USE, Reason("between_screening_and_control", facts)
