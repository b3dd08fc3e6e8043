"""Which analyte and which commodity a word means, and what stands above a commodity in the tree."""

from functools import lru_cache

from backend.laboratory.judgement_reasons import Name
from backend.laboratory.reference import analytes, commodities, folded
from backend.laboratory.reference_rows import Analyte, Commodity, Named


@lru_cache(maxsize=4096)
def commodity(text: str | None) -> Commodity | None:
    """By code, name or alias; a word in brackets behind a name does not hinder.

    >>> [found.code for each in ("西红柿", "tomato", "大葱（本地）") if (found := commodity(each))]
    ['tomato', 'tomato', 'green_onion']
    """
    if not text:
        return None
    said = folded(text)
    return commodities().get(said) or commodities().get(said.partition("(")[0].strip("_"))


@lru_cache(maxsize=4096)
def analyte(text: str | None) -> Analyte | None:
    """What was measured, by code, name or alias.

    >>> analyte("Cr(Ⅵ)").code, analyte("呋喃丹").code, analyte("速效钾").code
    ('chromium_vi', 'carbofuran', 'available_k')
    """
    return analytes().get(folded(text)) if text else None


@lru_cache(maxsize=4096)
def chain(code: str) -> tuple[str, ...]:
    """A commodity and all above it, the nearest first.

    >>> chain("apple")
    ('apple', 'pome_fruit', 'fruits')
    """
    found: list[str] = []
    at: str | None = code
    while at and at not in found:
        found.append(at)
        row = commodities().get(at)
        at = row.parent if row else None
    return tuple(found)


def named(row: Named) -> Name:
    """Its name, for a sentence."""
    return Name(row.code, row.name_zh, row.name_en)
