"""The readings of one row: a number under each measuring column, by which method and in which unit; the verdict."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from backend.laboratory import cells, headers
from backend.laboratory.cells import CellWrong, Measured
from backend.laboratory.columns import TELLING
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.row_cells import RowCells
from backend.laboratory.taken import At, Taken, one_inhibition
from backend.laboratory.words import Comparator, Method

HUNDRED = Decimal(100)


def readings(line: RowCells, same: dict[str, Any]) -> Iterator[Reading | Unread]:
    """One for each number, or one for a verdict alone; `same` is what they share."""
    taken: list[Taken] = []
    wrong = False
    for i in line.columns.measuring:
        try:
            found = cells.measured(line.told[i])
        except CellWrong as error:
            wrong = True
            yield At(str(error), i, line.told[i]).unread(line.columns, line.row)
            continue
        if found is not None:
            taken.append(Taken(line.columns.headings[i], i, found))
    if wrong and not taken:
        return
    verdict = _verdict(line, taken)
    if not taken and not verdict and same["tc_ratio"] is None and same["sample_delta"] is None:
        yield _nothing(line)
        return
    each: Taken | None
    for each in one_inhibition(taken) or (None,):
        yield _reading(line, same, each, verdict)


def _verdict(line: RowCells, taken: list[Taken]) -> str | None:
    """The instrument's own words; a number in that column is the value, where no other is."""
    text = line.cell("result")
    words = next((each.measured.words for each in taken if each.measured.words), None)
    if not text or taken:
        return text or words
    try:
        found = cells.measured(text)
    except CellWrong:
        return text
    if found is None:
        return text
    i = line.columns.at["result"][0]
    taken.append(Taken(line.columns.headings[i], i, found))
    return text if found.words == text else None


def _nothing(line: RowCells) -> Unread:
    telling = next((each.text for each in line.columns.headings if each.field in TELLING), None)
    return Unread(line=line.row.line, reason="value_missing", column=telling, sheet=line.row.sheet)


def _reading(line: RowCells, same: dict[str, Any], each: Taken | None, verdict: str | None) -> Reading:
    analyte_text = same.get("analyte_text") or (each.heading.text if each and each.heading.analyte else None)
    soil = (each.heading.analyte if each else None) or headers.analyte_of(analyte_text or "")
    method = _method(line, same, each, soil)
    together = analyte_text is None or headers.PESTICIDES_TOGETHER.search(analyte_text)
    analyte = soil or (line.columns.profile.analyte if together else None)
    value, unit, implied = _value(line, each, method)
    if value is None and each and each.measured.comparator is Comparator.NOT_DETECTED:
        value = same["lod"]
    return Reading(
        line=line.row.line,
        sheet=line.row.sheet,
        **{**same, "analyte_text": analyte_text},
        analyte=analyte,
        method=method,
        comparator=each.measured.comparator if each else Measured().comparator,
        value=value,
        unit=unit,
        unit_implied=implied,
        instrument_verdict=verdict,
    )


def _method(line: RowCells, same: dict[str, Any], each: Taken | None, soil: str | None) -> Method:
    """What the file says, then what its columns show, then the profile."""
    method = headers.method_of(line.cell("method"))
    if method is not Method.UNKNOWN:
        return method
    if each and each.heading.field == "inhibition":
        return Method.ENZYME_INHIBITION
    if soil:
        return Method.SOIL_TEST
    if same["tc_ratio"] is not None:
        return Method.STRIP
    if same["sample_delta"] is not None or (each and _is_share(line, same, each)):
        return Method.ENZYME_INHIBITION
    return Method.ENZYME_INHIBITION if "inhibition" in line.columns.at and each is None else line.columns.profile.method


def _is_share(line: RowCells, same: dict[str, Any], each: Taken) -> bool:
    """A percentage of nothing else than pesticides together is an inhibition."""
    unit = each.measured.unit or each.heading.unit or cells.unit(line.cell("unit"))
    about = same.get("analyte_text")
    return unit == "%" and (about is None or headers.PESTICIDES_TOGETHER.search(about) is not None)


def _value(line: RowCells, each: Taken | None, method: Method) -> tuple[Decimal | None, str | None, bool]:
    """Value, unit, and whether the unit was implied."""
    if each is None:
        return None, None, False
    if each.heading.analyte == "ph":
        return each.measured.value, None, False
    value, said = each.measured.value, each.measured.unit
    inhibition = method is Method.ENZYME_INHIBITION
    if inhibition and said is None and line.columns.profile.percent == "fraction" and value is not None:
        return value * HUNDRED, "%", True
    column = each.heading.unit or cells.unit(line.cell("unit"))
    if said is None and inhibition and column in (None, "%"):
        return _percent(line, each, column, value)
    unit = said or column
    return value, unit or line.columns.profile.unit, unit is None and line.columns.profile.unit is not None


def _percent(
    line: RowCells, each: Taken, column: str | None, value: Decimal | None
) -> tuple[Decimal | None, str | None, bool]:
    """A percentage without its sign in the cell. A workbook keeps 63 % as 0.63, whatever its header says."""
    if line.columns.profile.percent == "percent":
        return value, "%", column is None
    if line.row.small is not None and each.index in line.row.small and value:
        return value, None, False
    return value, column or line.columns.profile.unit, column is None and line.columns.profile.unit is not None
