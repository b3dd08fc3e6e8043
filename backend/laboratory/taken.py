"""What was taken from one row: the numbers with the columns they stood in, and a cell that could not be taken."""

import re

from msgspec import Struct

from backend.laboratory.cells import Measured
from backend.laboratory.columns import Meanings
from backend.laboratory.headers import Heading
from backend.laboratory.readings import Unread
from backend.laboratory.rows import Row

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
BLOT = "…"
MAX_SEEN = 60


class Taken(Struct):
    """One number of a row, and the column it stood in."""

    heading: Heading
    index: int
    measured: Measured


class At(Exception):
    """A cell that could not be taken, and where."""

    def __init__(self, reason: str, index: int, seen: str) -> None:
        super().__init__(reason)
        self.reason, self.index, self.seen = reason, index, seen

    def unread(self, columns: Meanings, row: Row) -> Unread:
        """As it is told: a mobile number in it is blotted out."""
        seen = MOBILE.sub(BLOT, self.seen)[:MAX_SEEN]
        column = columns.headings[self.index].text
        return Unread(line=row.line, reason=self.reason, column=column, seen=seen, sheet=row.sheet)


def seen_at(columns: Meanings, told: list[str], i: int) -> str | None:
    """What stands under a column, as it is told; nothing of a contact."""
    return None if columns.headings[i].field == "contact" else MOBILE.sub(BLOT, told[i])[:MAX_SEEN]


def one_inhibition(taken: list[Taken]) -> list[Taken]:
    """An inhibition told twice, as 抑制率 and again as a nameless value without a unit, is one."""
    if not any(each.heading.field == "inhibition" for each in taken):
        return taken
    return [
        each
        for each in taken
        if each.heading.field == "inhibition"
        or each.heading.analyte
        or (each.measured.unit or each.heading.unit or "%") != "%"
    ]
