"""Reminder letters by their serial numbers: 800,000 letters are a few thousand ranges, never 800,000 rows. Pure.

A serial is a prefix and digits of one width, `GX2026-004120`; a range is all from one to another, both included.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

_SERIAL = re.compile(r"(?P<prefix>.*?)(?P<digits>\d{1,12})")
MOST_PREFIX = 20
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－—–～~ＧＸ", "0123456789-----GX")


class SerialWrong(ValueError):
    """A text is no serial, or two are not of one book. The message is its code."""


class Serials(Struct, frozen=True, order=True):
    """Letters of one book, `first` to `last`."""

    prefix: str
    width: int
    first: int
    last: int

    @property
    def letters_n(self) -> int:
        """How many letters it is."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        first = f"{self.prefix}{self.first:0{self.width}d}"
        return first if self.first == self.last else f"{first} – {self.prefix}{self.last:0{self.width}d}"


def serials(first: str, last: str | None = None) -> Serials:
    """A range out of what somebody typed: full-width digits and blanks are forgiven, `last` alone may be digits.

    >>> str(serials("GX2026-004121", "4180"))
    'GX2026-004121 – GX2026-004180'

    Raises SerialWrong: serial_wrong, books_differ, last_before_first.
    """
    prefix, digits = _parsed(first)
    end_prefix, end_digits = _parsed(last) if last else (prefix, digits)
    if end_prefix not in (prefix, "") or len(end_digits) > len(digits):
        raise SerialWrong("books_differ")
    short = len(end_digits) < len(digits)
    end = int(digits[: -len(end_digits)] + end_digits if short and not end_prefix else end_digits)
    if end < int(digits):
        raise SerialWrong("last_before_first")
    return Serials(prefix, len(digits), int(digits), end)


def _parsed(text: str) -> tuple[str, str]:
    found = _SERIAL.fullmatch("".join(text.split()).translate(_FULL_WIDTH))
    if found is None or len(found["prefix"]) > MOST_PREFIX:
        raise SerialWrong("serial_wrong")
    return found["prefix"], found["digits"]


def together(ranges: Iterable[Serials]) -> list[Serials]:
    """The same letters in as few ranges as there can be, each letter once, in order."""
    joined: list[Serials] = []
    for each in sorted(ranges):
        last = joined[-1] if joined else None
        if last and (last.prefix, last.width) == (each.prefix, each.width) and each.first <= last.last + 1:
            joined[-1] = Serials(last.prefix, last.width, last.first, max(last.last, each.last))
        else:
            joined.append(each)
    return joined


def in_both(one: Iterable[Serials], other: Iterable[Serials]) -> list[Serials]:
    """Letters that are in both: what was handed out twice, or signed for and lost."""
    others = together(other)
    return together(found for each in together(one) for found in _shared(each, others))


def _shared(one: Serials, others: Iterable[Serials]) -> Iterator[Serials]:
    for other in others:
        if (one.prefix, one.width) == (other.prefix, other.width):
            first, last = max(one.first, other.first), min(one.last, other.last)
            if first <= last:
                yield Serials(one.prefix, one.width, first, last)


def without(ranges: Iterable[Serials], gone: Iterable[Serials]) -> list[Serials]:
    """What is left of letters: a village's stock is what it was given without what was handed out, lost, returned."""
    left = together(ranges)
    for each in together(gone):
        left = [rest for one in left for rest in _rest(one, each)]
    return left


def _rest(one: Serials, gone: Serials) -> Iterator[Serials]:
    if (one.prefix, one.width) != (gone.prefix, gone.width) or gone.last < one.first or gone.first > one.last:
        yield one
        return
    if gone.first > one.first:
        yield Serials(one.prefix, one.width, one.first, gone.first - 1)
    if gone.last < one.last:
        yield Serials(one.prefix, one.width, gone.last + 1, one.last)


def letters_n(ranges: Iterable[Serials]) -> int:
    """How many letters, each counted once."""
    return sum(each.letters_n for each in together(ranges))
