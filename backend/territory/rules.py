"""What a division code says: its level, and the prefix its subtree shares.

A code is 2 digits of province, 2 of prefecture, 2 of county, 3 of township, 3 of village (GB/T 2260 and GB/T 10114),
then 3 of our own: the number of a cell. A community groups villages of one township beside the code tree, so it has
the township's 9 digits, no village ("000"), and a number in the last 3.
"""

import re
from datetime import date, timedelta

from backend.core.refusals import FieldError, Invalid
from backend.territory.tables import Level

PREFIX_DIGITS = {
    Level.PROVINCE: 2,
    Level.PREFECTURE: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.COMMUNITY: 15,
    Level.VILLAGE: 12,
    Level.CELL: 15,
}

_CODE = re.compile(r"[0-9]{12}(?:[0-9]{3})?", re.ASCII)


class DivisionCodeWrong(Invalid):
    """The code has neither 12 digits nor the 15 of a cell or community."""

    code, title = "territory/division-code-wrong", "Not a division code"


class DivisionListWrong(Invalid):
    """A list of divisions contradicts itself or the codes in it."""

    code, title = "territory/division-list-wrong", "The list of divisions has mistakes"


def level_of(code: str) -> Level:
    """The level a code stands for. Raises DivisionCodeWrong (400).

    >>> level_of("371526101000"), level_of("371526101335"), level_of("371526101335001"), level_of("371526101000001")
    (<Level.TOWNSHIP: 'township'>, <Level.VILLAGE: 'village'>, <Level.CELL: 'cell'>, <Level.COMMUNITY: 'community'>)

    A town straight under its prefecture (东莞 has no counties) is a township all the same:

    >>> level_of("441900003000")
    <Level.TOWNSHIP: 'township'>
    """
    checked(code)
    if len(code) == 15:
        return Level.COMMUNITY if code[9:12] == "000" else Level.CELL
    for level, begin in ((Level.VILLAGE, 9), (Level.TOWNSHIP, 6), (Level.COUNTY, 4), (Level.PREFECTURE, 2)):
        if code[begin:].strip("0"):
            return level
    return Level.PROVINCE


def prefix_of(code: str, level: Level | None = None) -> str:
    """The code without the zeros that only fill it up. Raises DivisionCodeWrong (400).

    >>> prefix_of("371526000000", Level.COUNTY)
    '371526'
    """
    return checked(code)[: PREFIX_DIGITS[Level(level) if level else level_of(code)]]


def is_code(text: str) -> bool:
    """Whether the text has a code's shape: 12 digits, or 15."""
    return _CODE.fullmatch(text) is not None


def checked(code: str) -> str:
    """The code itself. Raises DivisionCodeWrong (400) where it has no code's shape."""
    if not is_code(code):
        wrong = FieldError(pointer="code", detail="A division code has 12 digits, or 15 for a grid cell.")
        raise DivisionCodeWrong("A division code has 12 digits, or 15 for a grid cell.", errors=[wrong])
    return code


def cell_code(village_code: str, number: int) -> str:
    """The code of a village's cell, number 1 to 999. Raises DivisionCodeWrong (400).

    >>> cell_code("371526101335", 7)
    '371526101335007'
    """
    return _numbered(village_code, Level.VILLAGE, number)


def community_code(township_code: str, number: int) -> str:
    """The code of a township's community, number 1 to 999. Raises DivisionCodeWrong (400).

    >>> community_code("370781001000", 12)
    '370781001000012'
    """
    return _numbered(township_code, Level.TOWNSHIP, number)


def last_day_before(on: date, valid_from: date) -> date:
    """The last day of a division that ends `on`. Raises Invalid (400) where it would end before it began."""
    if on <= valid_from:
        raise Invalid("A division that began on {valid_from} cannot end on {on}.", valid_from=valid_from, on=on)
    return on - timedelta(days=1)


def _numbered(code: str, level: Level, number: int) -> str:
    if level_of(code) != level or not 1 <= number <= 999:
        raise DivisionCodeWrong("{division_code} and {number} do not make a code.", division_code=code, number=number)
    return f"{code}{number:03d}"
