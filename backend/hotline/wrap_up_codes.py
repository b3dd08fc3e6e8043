"""What may become of a call: dated rows of `reference/wrap_up_codes.csv`."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.hotline.call_schemas import WrapUpCode
from backend.hotline.words import CallDirection

FILE = Path(__file__).parent / "reference" / "wrap_up_codes.csv"


class CodeRow(Struct, frozen=True, kw_only=True):
    """One row of the file. `directions` with blanks between."""

    code: str
    name_zh: str
    name_en: str
    needs: str | None
    directions: str
    valid_from: date
    valid_to: date | None
    source: str


@cache
def code_rows() -> tuple[CodeRow, ...]:
    """All rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        told = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    return tuple(msgspec.convert(told, list[CodeRow]))


def wrap_up_codes(on: date | None = None) -> dict[str, WrapUpCode]:
    """The codes of a day, today unless told, in the order of the file.

    >>> wrap_up_codes(date(2026, 11, 22))["answered_on_spot"].needs
    'answer'
    """
    day = on or clock.today()
    return {
        row.code: WrapUpCode(
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            needs=row.needs,
            directions=[CallDirection(each) for each in row.directions.split()],
        )
        for row in code_rows()
        if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
    }
