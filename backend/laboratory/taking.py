"""A row of cells to readings: what every column means is decided once, by the header; then each row is taken by it."""

import re
from collections.abc import Iterator

from backend.laboratory import cells
from backend.laboratory.columns import Meanings
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.row_cells import RowCells
from backend.laboratory.row_readings import readings
from backend.laboratory.row_refusals import refused
from backend.laboratory.rows import Row
from backend.laboratory.taken import At

NOTE = re.compile(
    r"^(合计|总计|小计|共计|平均|汇总|统计|制表|审核|备注|注:|说明|打印|第\d+页|共\d+页|total|sum)", re.IGNORECASE
)


class Columns(Meanings):
    """The columns of one table, and the taking of its rows by them."""

    def take(self, row: Row) -> Iterator[Reading | Unread]:
        """The readings of one row, or why there is none."""
        told = [cells.clean(cell) for cell in row.cells]
        if not any(told) or NOTE.match(next(filter(None, told))):
            return
        if wrong := refused(self, row, told):
            yield wrong
            return
        line = RowCells(self, row, self._by_column(told))
        try:
            same = line.same()
        except At as at:
            yield at.unread(self, row)
            return
        yield from readings(line, same)

    def _by_column(self, told: list[str]) -> list[str]:
        """A cell for every column; of a name that stands twice the first column has what either says."""
        told = told + [""] * (len(self.headings) - len(told))
        for _, at in self.twice:
            told[at[0]] = next((told[i] for i in at if told[i]), "")
        return told
