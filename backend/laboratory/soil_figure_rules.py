"""What of a soil map may be told to everybody. Pure.

Every farm counts in one village, so the numbers of villages add up to those of their township, and these to the
county's. A figure is told of k farms or more; and a township's or county's only where what is left, when all that is
told below it is subtracted, is nobody or again k farms or more.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal

from msgspec import Struct

VILLAGE, TOWNSHIP, COUNTY = 12, 9, 6
"""How many digits of a code they have."""


class Farms(Struct, frozen=True):
    """So many farms, and the sum of their means: each farm counts once, however many fields it had tested."""

    n: int
    total: Decimal

    @property
    def mean(self) -> Decimal:
        """Of the farms."""
        return self.total / self.n


def told(villages: Mapping[str, Farms], *, least: int) -> dict[str, Farms]:
    """By the digits of a code, what may be told of villages, townships and the county.

    >>> few = {"371526101001": Farms(9, Decimal(90)), "371526101002": Farms(2, Decimal(10))}
    >>> sorted(told(few, least=5))  # the township less its one village would be two farms
    ['371526101001']
    >>> more = {**few, "371526102001": Farms(3, Decimal(10))}
    >>> sorted(told(more, least=5))  # the county less it would be five
    ['371526', '371526101001']
    """
    found = {code: farms for code, farms in villages.items() if farms.n >= least}
    covered = {code: farms.n if code in found else 0 for code, farms in villages.items()}
    level = dict(villages)
    for digits in (TOWNSHIP, COUNTY):
        above: dict[str, Farms] = {}
        below: dict[str, int] = {}
        for code, farms in level.items():
            place = code[:digits]
            above[place] = _sum((above.get(place, Farms(0, Decimal())), farms))
            below[place] = below.get(place, 0) + covered[code]
        safe = {place: farms for place, farms in above.items() if _is_safe(farms.n, below[place], least)}
        found |= safe
        level, covered = above, {place: above[place].n if place in safe else below[place] for place in above}
    return found


def _is_safe(n: int, told_below: int, least: int) -> bool:
    rest = n - told_below
    return n >= least and (rest == 0 or rest >= least)


def _sum(farms: Iterable[Farms]) -> Farms:
    those = list(farms)
    return Farms(sum(each.n for each in those), sum((each.total for each in those), Decimal()))


def at_least(n: int, *, least: int) -> int:
    """A number of farms in steps, so that one farm more or less is not seen.

    >>> [at_least(n, least=5) for n in (5, 9, 10, 23)]
    [5, 5, 10, 20]
    """
    return n - n % least


def rounded(value: Decimal, *, digits: int) -> Decimal:
    """To so many figures.

    >>> [str(rounded(Decimal(each), digits=2)) for each in ("17.349", "0.8612", "132.4", "6.75")]
    ['17', '0.86', '130', '6.8']
    """
    short = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(value)
    return Decimal(f"{short:f}")
