"""A table, row by row: the header is found within its first rows, then every row is taken by it.

Titles above, the header again on every printed page, another table below, half a row at a file's end: all told apart.
"""

import re
from collections.abc import Iterator

from backend.laboratory import cells, headers, profiles
from backend.laboratory.profiles import ANY, Profile
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.rows import MAX_COLUMNS, Row
from backend.laboratory.taken import BLOT, MOBILE
from backend.laboratory.taking import Columns

HEADER_WITHIN = 30


def rows_taken(
    rows_told: Iterator[Row | Unread], profile: Profile, known: tuple[Profile, ...]
) -> Iterator[Reading | Unread]:
    """A table: the header found within its first rows, then every row by it."""
    table = _Table(profile, known)
    for row in rows_told:
        if isinstance(row, Unread):
            table.told = True
            yield row
        elif len(row.cells) > MAX_COLUMNS:
            yield Unread(line=row.line, reason="columns_without_end", seen=str(len(row.cells)), sheet=row.sheet)
            return
        else:
            yield from table.take(row)
        if table.given_up:
            break
    yield from table.nothing()


class _Table:
    """Where we are in a table."""

    def __init__(self, profile: Profile, known: tuple[Profile, ...]) -> None:
        self._profile, self._known = profile, known
        self.columns = Columns((), profile, fields=profile.columns) if profile.columns else None
        self.told = False
        self._skipped: list[Row] = []
        self._useless: Row | None = None
        self._before: Row | None = None

    @property
    def given_up(self) -> bool:
        """No header where one would be."""
        return self.columns is None and len(self._skipped) > HEADER_WITHIN

    def take(self, row: Row) -> Iterator[Reading | Unread]:
        if self.columns is None:
            self._head(row)
            return
        took = self._cut(row) or list(self.columns.take(row))
        if any(isinstance(each, Unread) for each in took) and self._head(row):
            return  # the header again, as on every printed page; or another table under the first
        self._before = row
        self.told = self.told or bool(took)
        yield from took

    def _head(self, row: Row) -> bool:
        """Take a row as the header, if it is one."""
        texts = [cells.clean(cell) for cell in row.cells]
        if not any(texts):
            return False
        if headers.recognised(texts, self._profile.names) < 2 and not self._is_of_profile(texts):
            if self.columns is None:
                self._skipped.append(row)
            return False
        while texts and not texts[-1]:
            texts.pop()
        chosen = self._profile if self._profile is not ANY else profiles.by_headers(texts, "table", self._known)
        columns = Columns(texts, chosen)
        if not columns.tells:
            self._useless = self._useless or row
            return False
        self.columns, self._before = columns, None
        return True

    def _is_of_profile(self, texts: list[str]) -> bool:
        return profiles.by_headers(texts, "table", self._known) is not ANY

    def _cut(self, row: Row) -> list[Reading | Unread]:
        """Half a row at the end of a file without a last line's end: fewer columns, half a character, half a cell."""
        if row.ended or self.columns is None or not any(cell.strip() for cell in row.cells):
            return []
        have, want = len(row.cells), len(self.columns.headings)
        if have >= want and row.whole and not self._half(row):
            return []
        heading = self.columns.headings[min(have, want) - 1]
        return [Unread(line=row.line, reason="cut_off", column=heading.text)]

    def _half(self, row: Row) -> bool:
        """Whether the last cell is the beginning of something: fewer digits behind the last point or colon than in the
        row before, or the first half of that row's word."""
        if self._before is None or len(self._before.cells) != len(row.cells):
            return False
        last, before = cells.clean(row.cells[-1]), cells.clean(self._before.cells[-1])
        if not last:
            return False
        if re.search(r"\d$", before) and re.search(r"[\d.:]$", last):
            return _digits_behind(last) < _digits_behind(before)
        return len(last) < len(before) and before.startswith(last)

    def nothing(self) -> Iterator[Reading | Unread]:
        """Why a table gave nothing."""
        if self.told:
            return
        if self.columns is not None:
            yield Unread(line=0, reason="no_rows")
            return
        row = self._useless or (self._skipped[0] if self._skipped else None)
        if row is None:
            yield Unread(line=0, reason="empty_file")
            return
        reason = "no_value_column" if self._useless else "no_header"
        seen = MOBILE.sub(BLOT, next(filter(None, map(cells.clean, row.cells)), ""))[:20]
        yield Unread(line=row.line, reason=reason, seen=seen, sheet=row.sheet)


def _digits_behind(text: str) -> int:
    found = re.search(r"[.:](\d*)$", text)
    return len(found[1]) if found else 0
