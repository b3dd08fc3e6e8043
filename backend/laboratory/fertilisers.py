"""Fertilisers that advice is given of, by name. How much of a nutrient is in one is a coefficient, with its source."""

from collections.abc import Mapping
from functools import cache

from backend.core.words import language
from backend.laboratory.reference import read_rows
from backend.laboratory.reference_rows import Named


class Fertiliser(Named, frozen=True, kw_only=True):
    """A fertiliser. `nutrients`: which it brings, parted by `|`."""

    nutrients: str


@cache
def fertilisers() -> Mapping[str, Fertiliser]:
    """By code."""
    return {each.code: each for each in read_rows(Fertiliser, "fertilisers.csv")}


def fertiliser_name(code: str) -> str:
    """In the reader's language; one that is not in the list by its code."""
    known = fertilisers().get(code)
    if known is None:
        return code
    return known.name_zh if language.get() == "zh" else known.name_en
