"""Receipt numbers: twelve digits in three groups, made to be read over a telephone.

The last digit checks the others by Damm's scheme (H. M. Damm, 2004): every single wrong digit and every two neighbours
in the wrong order are caught. The others are a sequence's numbers, spread out so that the next receipt's number cannot
be read off one's own.
"""

import re

_SPREAD = 61_803_398_873
_DIGITS = 11
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def number_of(sequence: int) -> str:
    """The receipt number that a sequence's number makes.

    >>> number_of(1), number_of(2)
    ('618033988739', '236067977460')
    """
    spread = sequence * _SPREAD % 10**_DIGITS
    digits = f"{spread:0{_DIGITS}d}"
    return digits + str(check_digit(digits))


def grouped(number: str) -> str:
    """As it is printed and said.

    >>> grouped("618033988739")
    '6180 3398 8739'
    """
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def plain(text: str) -> str:
    """The digits of what somebody typed: blanks, dashes and full-width digits are forgiven.

    >>> plain("６１８０-3398 8739")
    '618033988739'
    """
    return re.sub(r"[\s\-‐-―.·]", "", text.translate(_FULL_WIDTH))


def is_number(text: str) -> bool:
    """Whether the digits are a receipt number: twelve, and the last one fits.

    >>> is_number("618033988739"), is_number("618033988793"), is_number("168033988739")
    (True, False, False)
    """
    return re.fullmatch(r"[0-9]{12}", text) is not None and check_digit(text) == 0


def check_digit(digits: str) -> int:
    """The digit that checks the others; 0 for digits that end with it.

    >>> check_digit("61803398873"), check_digit("618033988739")
    (9, 0)
    """
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim
