"""What of a soil is followed over the years, by which analytes it is told, and what a mean of it means."""

from datetime import date
from decimal import Decimal
from functools import cache

from msgspec import Struct

from backend.core.words import language, say
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.reference import analytes, fertility_grades
from backend.laboratory.soil_fertility_rules import OXIDES, judge_fertility, judge_ph
from backend.laboratory.words import Comparator

PH = "ph"
TOLD_AS = {"organic_carbon": "organic_matter", **{oxide: element for oxide, (element, *_) in OXIDES.items()}}
"""Analytes that are judged as another one: their judged values are that one's."""


def _(msgid: str) -> str:
    return msgid


class Measure(Struct, frozen=True, kw_only=True):
    """One nutrient, pH, or a pollutant.

    unit       of every judged value; of pH an empty one
    fertile    a nutrient or pH; of a pollutant nothing is told in public: a village is no suspect
    """

    code: str
    name_zh: str
    name_en: str
    unit: str
    fertile: bool

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_zh if language.get() == "zh" else self.name_en

    @property
    def is_ph(self) -> bool:
        """Whether it is on a scale of logarithms."""
        return self.code == PH

    @property
    def told_as(self) -> tuple[str, ...]:
        """The analytes of results that tell it."""
        return (self.code, *(told for told, code in TOLD_AS.items() if code == self.code))


class Meaning(Struct, frozen=True, kw_only=True):
    """What a value means: a grade of the survey or a class of pH; neither of a pollutant, which needs its pH."""

    grade: int | None = None
    ph_class: str | None = None

    @property
    def says(self) -> str:
        """In a word, for people."""
        if self.ph_class is not None:
            return say(TERMS[self.ph_class])
        return "" if self.grade is None else say(_("grade {grade}"), grade=self.grade)


@cache
def measures() -> dict[str, Measure]:
    """By code: pH, then nutrients, then pollutants, in the order of the list."""
    rows = {row.code: row for row in analytes().values() if row.kind in ("ph", "nutrient", "soil_pollutant")}
    found = {
        code: Measure(
            code=code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            unit="" if row.kind == "ph" else _unit(code),
            fertile=row.kind != "soil_pollutant",
        )
        for code, row in rows.items()
        if code not in TOLD_AS
    }
    order = list(dict.fromkeys(row.code for row in analytes().values()))
    return dict(sorted(found.items(), key=lambda item: (not item[1].fertile, order.index(item[0]))))


def _unit(code: str) -> str:
    grades = fertility_grades().get(code)
    return grades[0].unit if grades else "mg/kg"


def meaning(measure: Measure, value: Decimal, *, day: date) -> Meaning:
    """What a mean would be if it were a measurement.

    >>> meaning(measures()["organic_matter"], Decimal("17.3"), day=date(2026, 5, 1)).grade
    4
    """
    if measure.is_ph:
        return Meaning(ph_class=judge_ph(comparator=Comparator.EQUAL, value=value, day=day).ph_class)
    if not measure.fertile:
        return Meaning()
    judged = judge_fertility(
        analyte=measure.code,
        comparator=Comparator.EQUAL,
        value=value,
        unit=measure.unit,
        unit_implied=False,
        day=day,
    )
    return Meaning(grade=judged.grade)
