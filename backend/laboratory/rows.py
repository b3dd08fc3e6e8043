"""Lines to rows of cells, one at a time: commas, tabs, `;`, `|` or `#`, quotes, and line ends inside quotes."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct

from backend.laboratory.decoding import Line
from backend.laboratory.readings import Unread

DELIMITERS = (",", "\t", ";", "|", "#", "，")
MAX_COLUMNS = 500
MAX_LINES_IN_QUOTES = 20
"""A quote that nobody closed must not swallow the rest of the file: after so many lines it is told, and we go on."""


class Row(Struct, frozen=True):
    """The cells of one row. `ended`: its line had an end. `whole`: all of it could be decoded.

    small   columns (of a workbook) in which no number is above one: a percentage may be a fraction there
    """

    line: int
    cells: list[str]
    ended: bool = True
    whole: bool = True
    sheet: str | None = None
    small: frozenset[int] | None = None
    exact: bool = True


def split(lines: Iterable[Line], delimiter: str) -> Iterator[Row | Unread]:
    """Rows by a delimiter. Quotes count at a cell's beginning only, and not at all beside `#`."""
    opening = None if delimiter == "#" else re.compile(rf'(?:^|{re.escape(delimiter)}) *"')
    for line, joined in _records(iter(lines), opening):
        if joined is None:
            reason = "quote_open" if line.ended else "cut_off"
            yield Unread(line=line.number, reason=reason)
            continue
        cells = _parsed(joined, delimiter) if opening and '"' in joined else joined.split(delimiter)
        yield Row(line.number, cells, line.ended, line.whole)


def _records(lines: Iterator[Line], opening: re.Pattern[str] | None) -> Iterator[tuple[Line, str | None]]:
    """A line, or as many as its quotes hold together; None where they never close."""
    waiting: deque[Line] = deque()
    while line := (waiting.popleft() if waiting else next(lines, None)):
        if opening is None or '"' not in line.text or not _open(line.text, opening):
            yield line, line.text
            continue
        held = [line]
        while _open("\n".join(each.text for each in held), opening):
            more = waiting.popleft() if waiting else next(lines, None)
            if more is None or len(held) >= MAX_LINES_IN_QUOTES:
                waiting.extendleft(reversed([*held[1:], *([more] if more else [])]))
                yield Line(line.number, line.text, more is not None and line.ended, line.whole), None
                break
            held.append(more)
        else:
            yield (
                Line(line.number, "", held[-1].ended, all(each.whole for each in held)),
                "\n".join(each.text for each in held),
            )


def _open(text: str, opening: re.Pattern[str]) -> bool:
    return text.count('"') % 2 == 1 and opening.search(text) is not None


def _parsed(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return text.split(delimiter)
