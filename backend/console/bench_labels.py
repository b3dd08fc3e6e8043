"""The bench as people read it: every verdict by word, shape and tone; states, kinds and calibrations in words."""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from backend.core.words import Term, language, say
from backend.laboratory.naming import analyte as analyte_of
from backend.laboratory.profiles import shipped
from backend.laboratory.reference import analytes, commodities
from backend.laboratory.result_schemas import ResultRecord
from backend.laboratory.words import (
    Calibration,
    Comparator,
    ImportState,
    InvalidRun,
    JudgedBecause,
    LandUse,
    Method,
    RetestKind,
    RetestState,
    RowOutcome,
    RunKind,
    SampleKind,
    SampleState,
    SampleTemperature,
)


class Sign(Struct, frozen=True):
    """A word with a shape of its own and a tone, so that it is told without colour too."""

    code: str
    shape: str
    tone: str
    word: str


VERDICTS = {
    "positive": ("■", "bad", Term("Positive")),
    "suspect": ("▲", "warn", Term("Suspect")),
    "invalid": ("╳", "void", Term("Invalid")),
    "negative": ("○", "good", Term("Negative")),
    "strict_control": ("■", "bad", Term("Strict control")),
    "safe_use": ("▲", "warn", Term("Safe use")),
    "priority_protection": ("○", "good", Term("Priority protection")),
}
PH_CLASSES = {
    "extremely_acid": Term("Extremely acid"),
    "strongly_acid": Term("Strongly acid"),
    "acid": Term("Acid"),
    "neutral": Term("Neutral"),
    "alkaline": Term("Alkaline"),
    "strongly_alkaline": Term("Strongly alkaline"),
    "extremely_alkaline": Term("Extremely alkaline"),
}
GRADE_SHAPES = {"1": "▇", "2": "▆", "3": "▅", "4": "▃", "5": "▂", "6": "▁"}
"""The second survey's grades: 1 is the richest."""

CALIBRATIONS = {
    Calibration.VALID: ("○", "good", Term("Calibrated")),
    Calibration.OVERDUE: ("■", "bad", Term("Calibration overdue: no verdicts")),
    Calibration.OVERRIDDEN: ("▲", "warn", Term("Overdue, somebody answers for it")),
    Calibration.UNKNOWN: ("◇", "void", Term("Calibration unknown")),
}
OUTCOMES = {
    RowOutcome.STORED: ("○", "good", Term("Stored")),
    RowOutcome.DUPLICATE: ("＝", "", Term("There already")),
    RowOutcome.REFUSED: ("✕", "bad", Term("Not taken")),
}
KINDS = {SampleKind.PRODUCE: Term("Vegetables, fruit, grain"), SampleKind.SOIL: Term("Soil")}
RUN_KINDS = {
    RunKind.ADVICE: Term("Free test for a farmer"),
    RunKind.SUPERVISION: Term("Sampling by the authority"),
}
SAMPLE_STATES = {
    SampleState.HELD: ("◇", "warn", Term("Held: nobody received it yet")),
    SampleState.RECEIVED: ("○", "good", Term("Sample received")),
    SampleState.JOINED: ("＝", "", Term("Joined to another sample")),
}
LAND_USES = {
    LandUse.PADDY: Term("Paddy"),
    LandUse.UPLAND: Term("Upland"),
    LandUse.ORCHARD: Term("Orchard"),
    LandUse.ROTATION: Term("Paddy and upland in turn"),
}
TEMPERATURES = {
    SampleTemperature.AMBIENT: Term("Not cooled"),
    SampleTemperature.COOLED: Term("Cooled"),
    SampleTemperature.FROZEN: Term("Frozen"),
}
METHODS = {
    Method.ENZYME_INHIBITION: Term("Enzyme inhibition (rapid)"),
    Method.STRIP: Term("Test strip (rapid)"),
    Method.CHROMATOGRAPHY: Term("Chromatography (laboratory)"),
    Method.SOIL_TEST: Term("Soil test"),
    Method.UNKNOWN: Term("Method not told"),
}
IMPORT_STATES = {
    ImportState.QUEUED: ("◇", "", Term("Waits its turn")),
    ImportState.RUNNING: ("◔", "warn", Term("Rows are coming in")),
    ImportState.DONE: ("○", "good", Term("All read")),
    ImportState.FAILED: ("✕", "bad", Term("Could not be read to its end")),
}
RETEST_KINDS = {
    RetestKind.REPEAT: Term("Repeat by the same method"),
    RetestKind.CONFIRMATION: Term("Confirmation by a laboratory method"),
    RetestKind.OBJECTION: Term("Objection to a supervision sampling"),
}
RETEST_STATES = {
    RetestState.OPEN: ("▲", "warn", Term("Still to be measured")),
    RetestState.UPHELD: ("■", "bad", Term("Found the same")),
    RetestState.OVERTURNED: ("○", "good", Term("Found otherwise")),
    RetestState.WITHDRAWN: ("＝", "", Term("Retest withdrawn")),
}
BECAUSE = {
    JudgedBecause.JOINED: Term("Before it was joined to a sample, or separated from it"),
    JudgedBecause.OVERRIDDEN: Term("Before somebody answered for the instrument"),
    JudgedBecause.RUN_RECORDED: Term("Before its run was recorded"),
    JudgedBecause.ASKED: Term("Beside it, by the limits of the day asked for"),
}
INVALID_RUNS = {
    InvalidRun.BLANK_OUT_OF_WINDOW: Term("The blank is out of its window"),
    InvalidRun.CONTROL_OUT_OF_RANGE: Term("The control is out of its range"),
    InvalidRun.REPLICATES_DISAGREE: Term("The replicates are too far apart"),
    InvalidRun.SAID_SO: Term("The operator says that it does not count"),
}


def sign(table: dict[Any, tuple[str, str, Term]], value: Any) -> Sign:
    """A row of one of the tables of three above."""
    shape, tone, word = table[value]
    return Sign(str(value), shape, tone, say(word))


def verdict(code: str | None, *, withheld: bool = False) -> Sign:
    """A verdict, grade, pH class or category; nothing said is told apart from withheld."""
    if withheld:
        return Sign("withheld", "—", "", say("For the farmer and his expert"))
    if code is None:
        return Sign("", "·", "", say("No verdict"))
    if code in VERDICTS:
        return sign(VERDICTS, code)
    if code in GRADE_SHAPES:
        return Sign("grade", GRADE_SHAPES[code], "", say("Grade {n}", n=code))
    return Sign("ph", "◇", "", say(PH_CLASSES[code]) if code in PH_CLASSES else code)


def calibration(code: str | None) -> Sign:
    """How far an instrument can be trusted on the day."""
    return sign(CALIBRATIONS, Calibration(code) if code else Calibration.UNKNOWN)


def choices(table: dict[Any, Term]) -> list[tuple[str, str]]:
    """A table for a select or for buttons."""
    return [(value.value, say(name)) for value, name in table.items()]


def label(table: dict[Any, Any], value: Any) -> str:
    """A word of one of the tables above; what they do not know, as it is."""
    found = table.get(value)
    return say(found) if isinstance(found, Term) else str(value or "")


def analyte(code: str | None) -> str:
    """What was measured, in the reader's language; what the list does not know, as it stood."""
    known = analyte_of(code)
    if known is None:
        return code or ""
    return known.name_zh if language.get() == "zh" else known.name_en


def measured(comparator: Comparator | str | None, value: float | None, unit: str | None) -> str:
    """A value as one reads it off: `<5 %`, `未检出`, `52.5 %`.

    >>> measured("<", 5.0, "%"), measured(None, 0.25, "mg/kg"), measured(None, None, "%")
    ('<5 %', '0.25 mg/kg', '')
    """
    if comparator == Comparator.NOT_DETECTED:
        return say("not detected")
    if value is None:
        return ""
    sign = str(comparator) if comparator in (Comparator.BELOW, Comparator.ABOVE) else ""
    return f"{sign}{number(value)} {unit or ''}".strip()


def found(one: ResultRecord) -> str:
    """What a result reads: its value, or T/C of a strip."""
    ratio = f"T/C {number(one.tc_ratio)}" if one.tc_ratio is not None else ""
    return measured(one.comparator, one.value, one.unit) or ratio


def number(value: float) -> str:
    """Without a tail of noughts, and never in powers of ten.

    >>> number(0.00005), number(120.0)
    ('0.00005', '120')
    """
    plain = f"{Decimal(str(value)):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def crops() -> list[str]:
    """Commodities by name, for a field that proposes them."""
    rows = {each.code: each for each in commodities().values()}.values()
    return sorted(each.name_zh if language.get() == "zh" else each.name_en for each in rows)


def profiles() -> list[tuple[str, str]]:
    """Kinds of files that are known, for a select."""
    return [(each.name, each.title) for each in shipped()]


def pesticides() -> list[str]:
    """Substances that a strip may look for, by name."""
    rows = {each.code: each for each in analytes().values() if each.kind == "pesticide"}.values()
    return sorted(each.name_zh if language.get() == "zh" else each.name_en for each in rows)
