"""Numbers that are said over a telephone or written on paper: two letters, seven digits, and one that checks them."""

import re
import unicodedata

from backend.cases.numbers import check_digit

TRANSFER, SLIP = "ZJ", "GZ"
"""转接, a caller handed on; 工作流转单, a slip."""

_SHAPE = re.compile(r"([A-Z]{2})([0-9]{7,10})")


def said(letters: str, n: int) -> str:
    """The number as it is said.

    >>> said(SLIP, 17)
    'GZ00000174'
    """
    digits = f"{n:07d}"
    return f"{letters}{digits}{check_digit(digits)}"


def read(letters: str, text: str) -> int | None:
    """What somebody typed; None where a digit is wrong. Blanks, dashes, full-width and small letters are forgiven.

    >>> read(SLIP, "ｇｚ 0000-0174"), read(SLIP, "GZ00000171"), read(SLIP, "ZJ00000174")
    (17, None, None)
    """
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    found = _SHAPE.fullmatch(plain)
    if found is None or found[1] != letters or check_digit(found[2]) != 0:
        return None
    return int(found[2][:-1])


def grouped(number: str) -> str:
    """As it is printed.

    >>> grouped("GZ00000174")
    'GZ 0000 0174'
    """
    return " ".join((number[:2], *(number[at : at + 4] for at in range(2, len(number), 4))))
