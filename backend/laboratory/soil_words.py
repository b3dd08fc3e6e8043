"""Grades of the soil survey as a farmer sees them: bars, and low, middle or high."""

from enum import StrEnum

from msgspec import Struct

from backend.core.words import Term, say
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.public import Reading
from backend.laboratory.reference import fertility_grades
from backend.laboratory.words import SoilCategory


class Level(StrEnum):
    """How much of a nutrient is there."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


LEVELS = {Level.LOW: Term("low"), Level.MIDDLE: Term("middle"), Level.HIGH: Term("high")}
CATEGORIES = {
    SoilCategory.PRIORITY_PROTECTION: Term("low risk"),
    SoilCategory.SAFE_USE: Term("take care"),
    SoilCategory.STRICT_CONTROL: Term("high risk"),
}


class Bar(Struct, frozen=True):
    """A nutrient's bars: `filled` of `of`; `says`: its level, or the class of a pH, or the risk of a metal."""

    filled: int
    of: int
    tone: str
    says: str


def grades_n(analyte: str | None) -> int:
    """How many grades an analyte has: six, of trace elements five."""
    oxides = {"olsen_p2o5": "olsen_p", "available_k2o": "available_k", "organic_carbon": "organic_matter"}
    rows = fertility_grades().get(oxides.get(analyte or "", analyte or ""), ())
    return max((each.grade for each in rows), default=6)


def level_of(one: Reading) -> Level | None:
    """Of a reading."""
    return level(one.grade, one.analyte)


def level(grade: int | None, analyte: str | None) -> Level | None:
    """The first two grades are high, the last two low."""
    if grade is None:
        return None
    if grade <= 2:
        return Level.HIGH
    return Level.LOW if grade > grades_n(analyte) - 2 else Level.MIDDLE


def bar(one: Reading) -> Bar | None:
    """What is drawn beside it; none where nothing could be said."""
    found = level_of(one)
    if found is not None and one.grade is not None:
        most = grades_n(one.analyte)
        return Bar(most + 1 - one.grade, most, found.value, say(LEVELS[found]))
    if one.ph_class is not None:
        return Bar(0, 0, "plain", say(TERMS[one.ph_class]))
    if one.category is not None:
        tones = {SoilCategory.PRIORITY_PROTECTION: "high", SoilCategory.SAFE_USE: "middle"}
        return Bar(0, 0, tones.get(one.category, "low"), say(CATEGORIES[one.category]))
    return None
