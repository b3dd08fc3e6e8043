"""How much two cases say the same. Pure.

By characters and pairs of neighbours (Dice's coefficient, L. R. Dice, 1945), which needs no dictionary and no knowledge
of where Chinese words end. PostgreSQL's pg_trgm cannot do it: under a C character type, which our own server has, it
drops every Chinese character, and the likeness of any two sentences is 0.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

_OVERLAP_WEIGHT = 0.5


def likeness_to(one: str) -> Callable[[str], int]:
    """How much others say the same as this one, in percent, 100 for the same words; punctuation, width and case do not
    count.

    A short text that lies wholly in a longer one counts half as much as one that is the same.

    >>> likeness_to("村东头机井坏了浇不上地")("机井坏了，村东的地浇不上水") > 60
    True
    >>> likeness_to("机井坏了")("路灯不亮")
    0
    >>> likeness_to("")("")
    0
    """
    first = _parts(one)
    size = first.total()

    def like(other: str) -> int:
        second = _parts(other)
        shared = (first & second).total()
        if not shared:
            return 0
        dice = 2 * shared / (size + second.total())
        overlap = shared / min(size, second.total())
        return round(100 * (dice * (1 - _OVERLAP_WEIGHT) + overlap * _OVERLAP_WEIGHT))

    return like


def _parts(text: str) -> Counter[str]:
    plain = [character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum()]
    return Counter([*plain, *(a + b for a, b in pairwise(plain))])


def near_bonus(distance_m: float | None, *, near_m: float, bonus: int) -> int | None:
    """The percent that nearness adds: all of it at one spot, none at `near_m`; None for two different places.

    >>> [near_bonus(metres, near_m=300, bonus=20) for metres in (0, 150, 301, None)]
    [20, 10, None, 0]
    """
    if distance_m is None:
        return 0
    return None if distance_m > near_m else round(bonus * (1 - distance_m / near_m))
