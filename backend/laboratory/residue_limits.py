"""Which maximum residue limit counts: by standard and day, up the tree of commodities, the most specific first."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from backend.laboratory import naming
from backend.laboratory.reference import folded, on_day, residue_limits, residue_standards
from backend.laboratory.reference_rows import Analyte, Commodity, ResidueLimit, ResidueStandard

BELOW = ">"
"""Between a category and a commodity that our own list lacks, in a row of a table that was loaded: 叶菜类>菜心."""


def name_of(commodity: str) -> str:
    """The code or name in a row's commodity, without its category.

    >>> name_of("leafy_vegetables>菜心"), name_of("rice")
    ('菜心', 'rice')
    """
    return commodity.rpartition(BELOW)[2]


class Limits:
    """An index over rows of any origin: the shipped ones, or a full table that was imported.

    Pesticides and commodities that only a loaded table has are known by their names in it.
    """

    def __init__(self, rows: Sequence[ResidueLimit], standards: Sequence[ResidueStandard]) -> None:
        self._standards = standards
        self._rows: dict[tuple[str, str, str], list[ResidueLimit]] = {}
        self._found: dict[tuple[str, str, date], ResidueLimit | None] = {}
        self._pesticides: dict[str, Analyte] = {}
        self._commodities: dict[str, Commodity] = {}
        for row in rows:
            self._rows.setdefault((row.standard, row.pesticide, name_of(row.commodity)), []).append(row)
            self._know(row)

    def _know(self, row: ResidueLimit) -> None:
        if naming.analyte(row.pesticide) is None:
            told = _told(row, row.pesticide)
            self._pesticides.setdefault(folded(row.pesticide), Analyte(kind="pesticide", **told))
        category, _, name = row.commodity.rpartition(BELOW)
        for each, parent in ((category, None), (name, category or None)):
            if each and naming.commodity(each) is None and (parent or folded(each) not in self._commodities):
                self._commodities[folded(each)] = Commodity(parent=parent, **_told(row, each))

    def pesticide(self, text: str | None) -> Analyte | None:
        """One of our own list, else one that a loaded table names so."""
        return naming.analyte(text) or (self._pesticides.get(folded(text)) if text and self._pesticides else None)

    def commodity(self, text: str | None) -> Commodity | None:
        """The same of commodities."""
        return naming.commodity(text) or (self._commodities.get(folded(text)) if text and self._commodities else None)

    def _chain(self, code: str) -> tuple[str, ...]:
        """A commodity and all above it, the nearest first."""
        found: list[str] = []
        own = self._commodities.get(folded(code)) if self._commodities else None
        while own is not None and own.code not in found:
            found.append(own.code)
            code = own.parent or ""
            own = self._commodities.get(folded(code))
        return (*found, *(naming.chain(code) if code and code not in found else ()))

    def standard(self, day: date) -> ResidueStandard | None:
        """The edition in force on a day."""
        return on_day(self._standards, day)

    def find(self, *, pesticide: str, commodity: str, day: date) -> ResidueLimit | None:
        """The limit of a day; null where none is on file, which does not mean that there is none.

        >>> from decimal import Decimal
        >>> last = shipped_limits().find(pesticide="glyphosate", commodity="pear", day=date(2026, 2, 28))
        >>> last.commodity, last.limit_mg_per_kg
        ('pome_fruit', Decimal('0.1'))
        >>> shipped_limits().find(pesticide="glyphosate", commodity="pear", day=date(2026, 3, 1)) is None
        True
        """
        key = (pesticide, commodity, day)
        if key not in self._found:
            standard = self.standard(day)
            self._found[key] = self._nearest(standard.code, pesticide, commodity, day) if standard else None
        return self._found[key]

    def older(self, *, pesticide: str, commodity: str, day: date) -> ResidueLimit | None:
        """What the edition before said, which counts no longer."""
        ended = [each for each in self._standards if each.valid_to is not None and each.valid_to < day]
        last = max(ended, key=lambda each: each.valid_from, default=None)
        return self._nearest(last.code, pesticide, commodity, last.valid_to) if last and last.valid_to else None

    def _nearest(self, standard: str, pesticide: str, commodity: str, day: date) -> ResidueLimit | None:
        above = self._chain(commodity)
        for i, code in enumerate(above):
            below = set(above[: i + 1])
            rows = (row for row in self._rows.get((standard, pesticide, code), ()) if not below & _excepted(row))
            if found := on_day(rows, day):
                return found
        return None


def _told(row: ResidueLimit, name: str) -> dict[str, Any]:
    return {"code": name, "name_zh": name, "name_en": name, "valid_from": row.valid_from, "source": row.source}


def _excepted(row: ResidueLimit) -> set[str]:
    return set(row.except_for.split("|")) - {""}


@cache
def shipped_limits() -> Limits:
    """Ours."""
    return Limits(residue_limits(), residue_standards())
