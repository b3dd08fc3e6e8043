"""A process that reads one workbook from its standard input and ends: `python -m backend.laboratory.unfolding BYTES`.

Out: lines of JSON (`Told`): a sheet begins, its rows, and `end`. A workbook is a ZIP of XML that may unfold to
anything, so it is read where memory and time are bounded and where there is no way to the database or a key.
"""

import os
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

GIVE_WAY = 5
CPU_S = 60
MAX_COLUMNS = 500
MAX_CELL = 4000
ROWS_LOOKED_AT = 200


class Told(Struct, frozen=True, omit_defaults=True):
    """sheet, small: a sheet begins; `small` are columns with numbers of which none is above one. line, cells: a row."""

    sheet: str | None = None
    small: tuple[int, ...] = ()
    line: int = 0
    cells: tuple[str, ...] = ()
    refused: str | None = None
    end: bool = False


def main(max_memory_bytes: int) -> None:
    """Read, tell, end."""
    resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    os.nice(GIVE_WAY)
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    encoder = msgspec.json.Encoder()
    with told:
        for each in _told():
            told.write(encoder.encode(each) + b"\n")


def _told() -> Iterator[Told]:
    try:
        book = CalamineWorkbook.from_filelike(sys.stdin.buffer)
        for name in book.sheet_names:
            yield from _sheet(name, book.get_sheet_by_name(name))
    except PasswordError:
        yield Told(refused="workbook_locked")
    except (CalamineError, OSError, ValueError):
        yield Told(refused="workbook_broken")
    except MemoryError:
        yield Told(refused="workbook_too_heavy")
    yield Told(end=True)


def _sheet(name: str, sheet: CalamineSheet) -> Iterator[Told]:
    if sheet.width > MAX_COLUMNS:
        yield Told(sheet=name)
        yield Told(refused="columns_without_end")
        return
    yield Told(sheet=name, small=tuple(_small(sheet)))
    for line, row in enumerate(sheet.iter_rows(), start=1):  # from the first row, but from the first used column
        texts = tuple(_text(cell) for cell in row)
        if any(texts):
            yield Told(line=line, cells=texts)


def _small(sheet: CalamineSheet) -> Iterator[int]:
    """Columns of numbers in which none is above one: a cell shown as 63 % holds 0.63, and its format is not told."""
    most: dict[int, float] = {}
    for row in sheet.iter_rows():
        for column, cell in enumerate(row):
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                most[column] = max(most.get(column, 0), abs(cell))
    return (column for column, number in most.items() if number <= 1)


def _text(cell: Any) -> str:
    """A number with the fifteen digits that Excel keeps; more of them are the dust of binary fractions."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)[:MAX_CELL]


if __name__ == "__main__":
    main(int(sys.argv[1]))
