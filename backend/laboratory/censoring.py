"""Values that are no numbers: `<5.0`, `>100`, not detected. What may be said of them, and what not."""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from backend.laboratory.reference_rows import Range
from backend.laboratory.words import Comparator


class Standing(Enum):
    """How a value stands to a limit. OPEN: it may be on either side."""

    WITHIN = "within"
    OVER = "over"
    OPEN = "open"


def standing(comparator: Comparator, value: Decimal, limit: Decimal) -> Standing:
    """At or below a limit is within. Of "not detected" the value is the limit of detection.

    A method that sees from 5.0 on says nothing of a limit of 0.1; one that sees from 0.05 on does:

    >>> standing(Comparator.BELOW, Decimal("5.0"), Decimal("0.1"))
    <Standing.OPEN: 'open'>
    >>> standing(Comparator.NOT_DETECTED, Decimal("0.05"), Decimal("0.1"))
    <Standing.WITHIN: 'within'>
    """
    if comparator is Comparator.EQUAL:
        return Standing.WITHIN if value <= limit else Standing.OVER
    if comparator is Comparator.ABOVE:
        return Standing.OVER if value >= limit else Standing.OPEN
    return Standing.WITHIN if value <= limit else Standing.OPEN


Stretch = TypeVar("Stretch", bound=Range)


def stretch_of(comparator: Comparator, value: Decimal, ranges: Sequence[Stretch]) -> Stretch | None:
    """The one range in which the value lies for certain.

    >>> from backend.laboratory.reference import fertility_grades
    >>> grades = fertility_grades()["olsen_p"]
    >>> [found.grade for v in ("3", "5", "5.1") if (found := stretch_of(Comparator.BELOW, Decimal(v), grades))]
    [6]
    """
    if comparator is Comparator.EQUAL:
        return next((each for each in ranges if each.holds(value)), None)
    if comparator is Comparator.ABOVE:
        return next((each for each in ranges if each.high is None and each.low is not None and value >= each.low), None)
    return next((each for each in ranges if each.low is None and each.high is not None and value <= each.high), None)


def shown(comparator: Comparator, value: Decimal | None) -> str:
    """As it stood.

    >>> shown(Comparator.BELOW, Decimal("5.0")), shown(Comparator.NOT_DETECTED, None)
    ('<5.0', 'ND')
    """
    if comparator is Comparator.NOT_DETECTED:
        return "ND" if value is None else f"ND (LOD {value:f})"
    return f"{'' if comparator is Comparator.EQUAL else comparator.value}{value:f}"
