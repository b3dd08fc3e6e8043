"""A batch of pledges as it is typed or pasted from a table, a line each: unit, what, by when, which office."""

import csv
import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from backend.cases.schemas import UnitShown
from backend.core.words import Term, say

MOST = 500
MOST_TITLE, MOST_OFFICE = 200, 60
HEADS = ("单位", "责任单位", "承诺单位", "unit")
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?$")
_MONTH_END = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:底|末)$")
NO_DAY = Term("No day was found in this line. Write it like 2026-12-31 or 12月31日.")
NO_UNIT = Term("There is no unit called {name} in this county. Write its name as it stands in the list below.")
TWO_UNITS = Term("Several units are called like this: {names}. Write the whole name.")
NO_WHAT = Term("What is promised is missing: unit, what, by when.")
TOO_LONG = Term("What is promised takes at most 200 characters, the office at most 60.")


class Row(Struct, frozen=True, kw_only=True):
    """A line. `number` counts the pledges from 1; `wrong` says what is wrong with it, or nothing."""

    number: int
    typed: str
    unit: UnitShown | None = None
    title: str = ""
    due_on: date | None = None
    office: str = ""
    wrong: str = ""


def rows_of(text: str, *, year: int, units: Sequence[UnitShown]) -> list[Row]:
    """Every line that is not empty; a first line of headings is left out."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and cells(lines[0])[0].lower() in HEADS:
        lines = lines[1:]
    return [_row(n, line, year, units) for n, line in enumerate(lines, 1)]


def cells(line: str) -> list[str]:
    """The fields of a line: between tabs, else bars, else commas.

    >>> cells("水利局\\t打井,两眼\\t2026-12-31"), cells('水利局,"打井,两眼",12月底')
    (['水利局', '打井,两眼', '2026-12-31'], ['水利局', '打井,两眼', '12月底'])
    >>> cells("水利局｜打井｜12月31日｜供水科"), cells("水利局，打井两眼，12月31日")
    (['水利局', '打井', '12月31日', '供水科'], ['水利局', '打井两眼', '12月31日'])
    """
    for mark in ("\t", "|", "｜"):
        if mark in line:
            return [each.strip() for each in line.split(mark)]
    mark = "," if "," in line else "，"
    return [each.strip() for each in next(csv.reader([line], delimiter=mark))]


def day_of(text: str, *, year: int) -> date | None:
    """A day as people write it, in the batch's year where it names none.

    >>> [str(day_of(each, year=2026)) for each in ("2026/6/30", "１２月３１日", "2026年2月底", "年底", "2月30日")]
    ['2026-06-30', '2026-12-31', '2026-02-28', '2026-12-31', 'None']
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if plain in ("年底", "年末"):
        return date(year, 12, 31)
    end, day = _MONTH_END.match(plain), _DAY.match(plain)
    try:
        if end:
            of, month = int(end[1] or year), int(end[2])
            return date(of, month, monthrange(of, month)[1])
        return date(int(day[1] or year), int(day[2]), int(day[3])) if day else None
    except ValueError:
        return None


def _row(number: int, line: str, year: int, units: Sequence[UnitShown]) -> Row:
    """What stands before the day is unit and promise, what stands after it who answers."""
    found = cells(line)
    at = next((n for n, each in enumerate(found) if n and day_of(each, year=year)), None)
    if at is None:
        return Row(number=number, typed=line, wrong=say(NO_DAY))
    title, office = "，".join(each for each in found[1:at] if each), "".join(found[at + 1 :])
    unit, wrong = unit_of(found[0], units)
    if not title:
        wrong = wrong or say(NO_WHAT)
    elif len(title) > MOST_TITLE or len(office) > MOST_OFFICE:
        wrong = wrong or say(TOO_LONG)
    office = office or (unit.name[:MOST_OFFICE] if unit else "")
    due_on = day_of(found[at], year=year)
    return Row(number=number, typed=line, unit=unit, title=title, due_on=due_on, office=office, wrong=wrong)


def unit_of(said: str, units: Sequence[UnitShown]) -> tuple[UnitShown | None, str]:
    """By its name, or by a part that only one has; and what is wrong."""
    fits = [each for each in units if each.name == said] or [each for each in units if said and said in each.name]
    if len(fits) == 1:
        return fits[0], ""
    if fits:
        return None, say(TWO_UNITS, names="、".join(each.name for each in fits[:5]))
    return None, say(NO_UNIT, name=said or "—")
