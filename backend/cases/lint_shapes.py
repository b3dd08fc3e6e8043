"""What the numbers look like by which people are known: pure tests of digits and of how they are grouped.

Sources: GB 11643-1999 (identity numbers), ISO/IEC 7812-1 (cards), the numbering plan of MIIT (telephones).
"""

import re
from datetime import date
from enum import StrEnum


class HitKind(StrEnum):
    """What was found. `name`: one of the names that the caller knows."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    NAME = "name"


_PROVINCES = {
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43"),
    *("44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83"),
}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_id_number(number: str) -> bool:
    """18 digits with the right check digit (GB 11643), or the 15 of before 1999: a region, a day, a running number.

    >>> is_id_number("11010519491231002X"), is_id_number("110105194912310021"), is_id_number("110105491231002")
    (True, False, True)
    """
    if number[:2] not in _PROVINCES or "X" in number[:-1]:
        return False
    if len(number) == 15:
        return number.isdigit() and _is_day("19" + number[6:12])
    if len(number) != 18 or not _is_day(number[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17]


def _is_day(text: str) -> bool:
    try:
        born = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return 1880 <= born.year < 2100


def is_bank_card(number: str) -> bool:
    """16 to 19 digits of a range that banks use in China (15 for American Express), whose Luhn sum is right.

    >>> is_bank_card("6222021234567890128"), is_bank_card("6222021234567890129")
    (True, False)
    """
    if not re.fullmatch(r"(?:6[0-389]|4\d|5[1-8]|9\d|35)\d{14,17}|3[47]\d{13}", number):
        return False
    doubled = (int(digit) * (2 if n % 2 else 1) for n, digit in enumerate(reversed(number)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


_MOBILE_GROUPS = {
    *((11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (5, 6), (6, 5), (3, 4, 2, 2)),
    *((3, 2, 2, 2, 2), (3, 4, 1, 1, 1, 1)),
}


def _mobile(number: str, groups: tuple[int, ...]) -> bool:
    country = re.match(r"(?:00)?86(?=1\d{10}$)", number)
    if country:
        if groups[0] == country.end():
            groups = groups[1:]
        elif groups[0] > country.end():
            groups = (groups[0] - country.end(), *groups[1:])
        number = number[country.end() :]
    return bool(re.fullmatch(r"1[3-9]\d{9}", number)) and (groups in _MOBILE_GROUPS or max(groups) <= 2)


def _landline(number: str, groups: tuple[int, ...]) -> bool:
    found = re.fullmatch(r"(010|02\d|0[3-9]\d{2})([2-8]\d{6,7})", number)
    if not found or (len(found[1]) == 3 and len(found[2]) != 8):
        return False
    edges = {sum(groups[:n]) for n in range(1, len(groups))}
    area = len(found[1])
    return edges <= {area, area + 3, area + 4} or max(groups) == 1


def _id_number(number: str, _: tuple[int, ...]) -> bool:
    return is_id_number(number)


def _bank_card(number: str, groups: tuple[int, ...]) -> bool:
    fours = len(groups) == 1 or set(groups[:-1]) == {4} or max(groups) == 1 or groups[0] == 6
    return fours and is_bank_card(number)


SHAPES = (
    (19, HitKind.BANK_CARD, _bank_card),
    (18, HitKind.ID_NUMBER, _id_number),
    *((length, HitKind.BANK_CARD, _bank_card) for length in (18, 17, 16)),
    (15, HitKind.ID_NUMBER, _id_number),
    *((length, HitKind.MOBILE, _mobile) for length in (15, 13, 11)),
    (15, HitKind.BANK_CARD, _bank_card),
    *((length, HitKind.LANDLINE, _landline) for length in (12, 11)),
)
"""How many digits, what they would be, and whether they are it; the longest first, and the surest of one length."""
