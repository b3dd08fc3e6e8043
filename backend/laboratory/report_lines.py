"""One result as a line of a report: texts, as they stand in the row and in its judgement. Nothing is rounded here."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.core.words import Term, language, say
from backend.laboratory.censoring import shown
from backend.laboratory.method_codes import method_codes
from backend.laboratory.public import Reading
from backend.laboratory.report_schemas import ReportLine
from backend.laboratory.report_words import SAID_ALREADY, verdict_says, word_of
from backend.laboratory.soil_words import bar
from backend.laboratory.words import Comparator, Method, RetestState

Row = Mapping[str, Any]


def _(msgid: str) -> str:
    return msgid


METHODS = {
    Method.ENZYME_INHIBITION: Term("Method: enzyme inhibition"),
    Method.STRIP: Term("Method: strip"),
    Method.CHROMATOGRAPHY: Term("Method: chromatography"),
    Method.SOIL_TEST: Term("Method: soil test"),
    Method.UNKNOWN: Term("Method: not told"),
}
AGAIN = {
    RetestState.OPEN: _("Measured again ({n}): not done yet."),
    RetestState.UPHELD: _("Measured again ({n}): the same was found."),
    RetestState.OVERTURNED: _("Measured again ({n}): it was not found."),
}


def line(row: Row, one: Reading) -> ReportLine:
    """A row of `report_queries.results`, and the same as `public.reading`."""
    drawn = bar(one)
    return ReportLine(
        analyte=one.name.zh if language.get() == "zh" else one.name.en,
        value=_value(row),
        unit=_unit(row),
        limit=_limit(row, one),
        method=_method(row),
        verdict=word_of(one),
        verdict_says=verdict_says(one),
        rule=row["rule"],
        source=row["rule_source"],
        instrument_verdict=row["instrument_verdict"],
        disagrees=row["instrument_disagrees"],
        tested_at=row["tested_at"],
        instrument=" ".join(filter(None, (row["model"], row["serial"]))) or None,
        calibration=_calibration(row, one),
        why=[*(str(each) for each in one.reasons if each.code not in SAID_ALREADY), *_again(one)],
        bars_filled=drawn.filled if drawn else 0,
        bars_n=drawn.of if drawn else 0,
        level=drawn.tone if drawn and drawn.of else None,
    )


def _value(row: Row) -> str:
    """What was judged, in the rule's unit; else what stood in the row."""
    comparator = Comparator(row["comparator"])
    value = row["value"] if row["judged_value"] is None else row["judged_value"]
    if comparator is Comparator.NOT_DETECTED:
        return (
            say(_("Value: not detected"))
            if value is None
            else say(_("Value: not detected, below {value}"), value=f"{value:f}")
        )
    if value is None:
        return "" if row["tc_ratio"] is None else f"{row['tc_ratio']:f}"
    computed = row["judged_value"] is not None and row["sample_delta"] is not None and row["blank_delta"] is not None
    return shown(Comparator.EQUAL if computed else comparator, value)


def _unit(row: Row) -> str:
    if row["judged_value"] is not None:
        return "" if row["judged_unit"] == "pH" else row["judged_unit"] or ""
    return row["unit_said"] or "" if row["value"] is not None or row["tc_ratio"] is None else "T/C"


def _limit(row: Row, one: Reading) -> str | None:
    limit, control = row["judged_limit"], row["judged_control"]
    if limit is None:
        return next((str(each.facts["range"]) for each in one.reasons if "range" in each.facts), None)
    if one.kind == "soil_pollutant":
        said = say(_("Limit: screening value {value}"), value=f"{limit:f}")
        return said if control is None else f"{said}\n{say(_('Limit: control value {value}'), value=f'{control:f}')}"
    if one.kind == "inhibition":
        return say(_("Limit: positive from {limit} %"), limit=f"{limit:f}")
    if row["judged_unit"] == "T/C":
        return say(_("Limit: found at T/C {limit} or less"), limit=f"{limit:f}")
    return say(_("Limit: at most {limit} {unit}"), limit=f"{limit:f}", unit=row["judged_unit"] or "")


def _method(row: Row) -> str:
    known = method_codes().get(row["method_code"] or "")
    if known is None:
        return say(METHODS[Method(row["method"])])
    name = known.name_zh if language.get() == "zh" else known.name_en
    return f"{name} {known.standard or ''}".strip()


def _calibration(row: Row, one: Reading) -> str | None:
    """As its judgement says; where a rule judged and nothing is told, the instrument was calibrated."""
    told = next((str(each) for each in one.reasons if each.code.startswith("calibration_")), None)
    if told is None and row["rule"] is not None and row["serial"] is not None:
        return say(_("Instrument: calibrated"))
    return told


def _again(one: Reading) -> Iterator[str]:
    for number, each in enumerate(one.again, start=1):
        if said := AGAIN.get(each.state):
            yield say(said, n=number)
