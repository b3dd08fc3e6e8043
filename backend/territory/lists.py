"""A public list of divisions as a file: read, and checked line by line before anything is stored."""

import csv
from collections.abc import Collection, Sequence
from pathlib import Path

from msgspec import Struct

from backend.core.refusals import FieldError
from backend.territory import rules
from backend.territory.rules import DivisionListWrong
from backend.territory.tables import Level


class Line(Struct, frozen=True, kw_only=True):
    """One line; `number` counts from 1 and includes the header, as an editor shows it."""

    number: int
    code: str
    name: str
    level: str
    parent_code: str

    @property
    def prefix(self) -> str:
        """The part of the code that its subtree shares."""
        return rules.prefix_of(self.code, Level(self.level))


def read(path: Path) -> list[Line]:
    """The lines of a UTF-8 CSV with the columns code, name, level and parent_code. Raises DivisionListWrong (400)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        if missing := {"code", "name", "level", "parent_code"} - set(table.fieldnames or ()):
            raise DivisionListWrong("The list lacks the columns: {columns}.", columns=", ".join(sorted(missing)))
        return [
            Line(number=number, code=row["code"], name=row["name"], level=row["level"], parent_code=row["parent_code"])
            for number, row in enumerate(table, start=2)
        ]


def check(lines: Sequence[Line], codes: Collection[str]) -> None:
    """Raises DivisionListWrong (400) with every line at fault.

    codes   what there will be after the load: a parent outside them does not exist
    """
    seen: set[str] = set()
    wrong = []
    for line in lines:
        if reason := _fault(line, seen, codes):
            wrong.append(FieldError(pointer=f"/{line.number}", detail=reason, facts={"value": line.code}))
        seen.add(line.code)
    if wrong:
        raise DivisionListWrong("Nothing was loaded: {count} lines are wrong.", count=len(wrong), errors=wrong)


def _fault(line: Line, seen: Collection[str], codes: Collection[str]) -> str | None:
    if not rules.is_code(line.code) or not line.name or "\x00" in line.name:
        return "A line needs a code of 12 digits and a name."
    if line.code in seen:
        return "The code {value} is listed twice."
    if rules.level_of(line.code) != line.level:
        return "The code {value} is not of the level that the line says."
    if line.parent_code and line.parent_code not in codes:
        return "The parent of {value} is not in the list."
    if line.parent_code and not line.code.startswith(rules.prefix_of(line.parent_code)):
        return "The code {value} does not begin as its parent's does."
    return None
