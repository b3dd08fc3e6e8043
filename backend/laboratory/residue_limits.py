"""Which maximum residue limit counts: by standard and day, up the tree of commodities, the most specific first."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from backend.laboratory.naming import chain
from backend.laboratory.reference import on_day, residue_limits, residue_standards
from backend.laboratory.reference_rows import ResidueLimit, ResidueStandard


class Limits:
    """An index over rows of any origin: the shipped ones, or a full table that was imported."""

    def __init__(self, rows: Sequence[ResidueLimit], standards: Sequence[ResidueStandard]) -> None:
        self._standards = standards
        self._rows: dict[tuple[str, str, str], list[ResidueLimit]] = {}
        self._found: dict[tuple[str, str, date], ResidueLimit | None] = {}
        for row in rows:
            self._rows.setdefault((row.standard, row.pesticide, row.commodity), []).append(row)

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
        above = chain(commodity)
        for i, code in enumerate(above):
            below = set(above[: i + 1])
            rows = (row for row in self._rows.get((standard, pesticide, code), ()) if not below & _excepted(row))
            if found := on_day(rows, day):
                return found
        return None


def _excepted(row: ResidueLimit) -> set[str]:
    return set(row.except_for.split("|")) - {""}


@cache
def shipped_limits() -> Limits:
    """Ours."""
    return Limits(residue_limits(), residue_standards())
