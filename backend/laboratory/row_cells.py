"""What one row says, field by field.

Contact numbers (联系方式) are personal and no part of a test: their columns go neither into a reading nor into `raw`,
and a mobile number in a column of free words (a name, a remark, a header nobody knows) is blotted out.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.laboratory import cells, headers
from backend.laboratory.cells import CellWrong
from backend.laboratory.columns import FREE_WORDS, Meanings
from backend.laboratory.rows import Row
from backend.laboratory.taken import BLOT, MOBILE, At

YES = frozenset({"有", "出现", "显色", "1", "是", "+", "√", "yes", "true", "正常"})
NO = frozenset({"无", "没有", "未出现", "不显色", "0", "否", "-", "×", "no", "false", "异常"})
SPARE = ("lod", "loq", "dilution")
MOST_DIGITS_OF_A_REPLICATE = 3


class RowCells:
    """One row by its columns. `told` are its cells, cleaned, one for every column."""

    def __init__(self, columns: Meanings, row: Row, told: list[str]) -> None:
        self.columns, self.row, self.told = columns, row, told

    def cell(self, field: str) -> str:
        """The text under a field; empty where no column is of it."""
        at = self.columns.at.get(field)
        return self.told[at[0]] if at else ""

    def same(self) -> dict[str, Any]:
        """What all readings of the row share. Raises At."""
        same: dict[str, Any] = {field: _text(field, self.told[i]) for field, i in self.columns.text_at}
        same["tested_at"] = self._moment()
        same["land_use"] = headers.land_use_of(self.cell("land_use"))
        for field in ("blank_delta", "sample_delta", "tc_ratio"):
            same[field] = self._plain_number(field)
        for field in SPARE:
            same[field] = self._spare_number(field)
        same["replicate"] = self._replicate()
        if control := self.cell("control_line").lower():
            same["control_line"] = True if control in YES else False if control in NO else None
        same["raw"] = self._raw()
        return same

    def _moment(self) -> datetime | None:
        on = self._guarded("tested_on", lambda text: cells.moment(text))
        at = self._guarded("tested_at", lambda text: cells.moment(text, on.date() if on else None))
        return at or on

    def _guarded(self, field: str, read: Callable[[str], Any]) -> Any:
        if field not in self.columns.at:
            return None
        try:
            return read(self.cell(field))
        except CellWrong as wrong:
            raise self._at(field, str(wrong)) from None

    def _plain_number(self, field: str) -> Decimal | None:
        found = self._guarded(field, cells.measured)
        if found is None:
            return None
        if found.value is None:
            raise self._at(field, "not_a_number")
        return Decimal(found.value)

    def _at(self, field: str, reason: str) -> At:
        i = self.columns.at[field][0]
        return At(reason, i, self.told[i])

    def _spare_number(self, field: str) -> Decimal | None:
        """One that a reading can do without: whatever else stands there stays in `raw`."""
        if field not in self.columns.at:
            return None
        try:
            found = cells.measured(self.cell(field))
        except CellWrong:
            return None
        return found.value if found else None

    def _replicate(self) -> int | None:
        """Which of several of one extract, where it says a number; “平行样” alone says none."""
        said = self.cell("replicate")
        return int(said) if said.isdecimal() and len(said) < MOST_DIGITS_OF_A_REPLICATE else None

    def _raw(self) -> dict[str, str]:
        raw = self.row.cells
        return {
            key: MOBILE.sub(BLOT, raw[i].replace("\0", "")) if free else raw[i].replace("\0", "")
            for key, i, free in self.columns.kept
            if i < len(raw)
        }


def _text(field: str, told: str) -> str | None:
    return (MOBILE.sub(BLOT, told) if field in FREE_WORDS else told) or None
