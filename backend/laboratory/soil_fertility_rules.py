"""Soil fertility: grades of the second national soil survey, classes of pH, and the traps of units.

Grades are (low, high]: 40.0 g/kg of organic matter is grade 2, 40.1 is grade 1. The last but one is closed below too:
6.0 is grade 5, 5.9 is grade 6.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from backend.laboratory.censoring import shown, stretch_of
from backend.laboratory.judgement_reasons import TERMS, Reason, because
from backend.laboratory.judgements import Judgement
from backend.laboratory.reference import fertility_grades, on_day, ph_classes, unit_factors
from backend.laboratory.reference_rows import FertilityGrade
from backend.laboratory.units import ACCEPTED, in_unit
from backend.laboratory.words import Comparator

OXIDES = {"olsen_p2o5": ("olsen_p", "p_to_p2o5", "P₂O₅", "P"), "available_k2o": ("available_k", "k_to_k2o", "K₂O", "K")}
LOWEST_PH, HIGHEST_PH = Decimal(0), Decimal(14)
SHOWN = Decimal("0.001")


def factor(name: str, day: date) -> Decimal | None:
    """What turns carbon into matter, P into P₂O₅, K into K₂O."""
    row = on_day((each for each in unit_factors() if each.name == name), day)
    return row.value if row else None


def grades_on(analyte: str, day: date) -> tuple[FertilityGrade, ...]:
    """The grades of an analyte that count on a day, the best first."""
    return tuple(each for each in fertility_grades().get(analyte, ()) if each.counts_on(day))


def judge_fertility(
    *,
    analyte: str,
    comparator: Comparator,
    value: Decimal | None,
    unit: str | None,
    unit_implied: bool,
    day: date,
    convert_oxides: bool = False,
) -> Judgement:
    """The grade of one nutrient. Organic carbon counts as matter, an oxide as its element only when that was asked for.

    >>> judge_fertility(analyte="organic_matter", comparator=Comparator.EQUAL, value=Decimal("2.1"), unit="%",
    ...     unit_implied=False, day=date(2026, 5, 1)).grade
    3
    """
    if value is None:
        return Judgement(reasons=(because("nothing_to_judge"),))
    target, counted = _graded_as(analyte)
    ranges = grades_on(target, day)
    if not ranges:
        return Judgement(reasons=(because("rule_not_begun", day=day),))
    rule, source, wanted = ranges[0].version, ranges[0].source, ranges[0].unit
    measured, why = _measured(value, unit, wanted)
    if measured is None:
        return Judgement(rule=rule, reasons=why)
    if target != analyte:
        if analyte in OXIDES and not convert_oxides:
            return Judgement(rule=rule, reasons=(because("told_as_oxide", oxide=counted[2], element=counted[3]),))
        measured, why = _turned(analyte, measured, day, why)
    found = stretch_of(comparator, measured, ranges)
    return Judgement(
        grade=found.grade if found else None,
        value=measured,
        unit=wanted,
        rule=rule,
        source=source,
        reasons=(_graded(found, comparator, measured, wanted), *why, *_doubts(target, measured, unit_implied, wanted)),
    )


def _graded_as(analyte: str) -> tuple[str, tuple[str, str, str, str]]:
    if analyte == "organic_carbon":
        return "organic_matter", ("organic_matter", "carbon_to_matter", "", "")
    facts = OXIDES.get(analyte, (analyte, "", "", ""))
    return facts[0], facts


def _measured(value: Decimal, unit: str | None, wanted: str) -> tuple[Decimal | None, tuple[Reason, ...]]:
    """In the unit of the grades, with what was done to it."""
    if not unit:
        return None, (because("unit_missing"),)
    turned = in_unit(value, unit, wanted)
    if turned is None:
        return None, (because("unit_unknown", unit=unit, accepted=list(ACCEPTED[wanted])),)
    same = turned == value
    return turned, () if same else (because("unit_turned", told=value, unit=unit, value=turned, into=wanted),)


def _turned(analyte: str, told: Decimal, day: date, why: tuple[Reason, ...]) -> tuple[Decimal, tuple[Reason, ...]]:
    if analyte == "organic_carbon":
        by = factor("carbon_to_matter", day) or Decimal("1.724")
        return told * by, (*why, because("carbon_to_matter", told=told, factor=by, value=told * by))
    _, name, oxide, element = OXIDES[analyte]
    by = factor(name, day) or Decimal(1)
    value = told / by
    facts = {"oxide": oxide, "told": told, "factor": by, "value": value.quantize(SHOWN), "element": element}
    return value, (*why, Reason("oxide_turned", facts))


def _graded(found: FertilityGrade | None, comparator: Comparator, value: Decimal, unit: str) -> Reason:
    if found is None:
        return because("grade_undecided", shown=shown(comparator, value))
    return because("grade_of_survey", value=shown(comparator, value), unit=unit, grade=found.grade, range=str(found))


def _doubts(target: str, value: Decimal, implied: bool, unit: str) -> Iterator[Reason]:
    """2.1 in a column that a profile takes for g/kg may well be a percentage."""
    if target == "organic_matter" and implied and unit == "g/kg" and value < Decimal(6):
        yield because("unit_doubtful", value=value)


def judge_ph(*, comparator: Comparator, value: Decimal | None, day: date, table: str | None = None) -> Judgement:
    """The class of a pH, of the default table or of the one named (`seven`, `five`).

    >>> judge_ph(comparator=Comparator.EQUAL, value=Decimal("5.5"), day=date(2026, 5, 1)).ph_class
    'strongly_acid'
    """
    if value is None:
        return Judgement(reasons=(because("nothing_to_judge"),))
    if not LOWEST_PH <= value <= HIGHEST_PH:
        return Judgement(reasons=(because("ph_implausible", ph=value),))
    rows = [each for each in ph_classes() if each.counts_on(day) and (each.table == table if table else each.default)]
    if not rows:
        return Judgement(reasons=(because("rule_not_begun", day=day),))
    found = stretch_of(comparator, value, rows)
    rule = f"pH classes, {rows[0].table}; Lianxin ends 2026-01"
    if found is None:
        why = because("grade_undecided", shown=shown(comparator, value))
        return Judgement(value=value, unit="pH", rule=rule, source=rows[0].source, reasons=(why,))
    why = because("class_of_ph", value=shown(comparator, value), ph_class=TERMS[found.ph_class], range=str(found))
    return Judgement(ph_class=found.ph_class, value=value, unit="pH", rule=rule, source=found.source, reasons=(why,))
