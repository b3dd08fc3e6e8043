"""The sheets of field_kits as a clerk sees them: rows and cells."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from backend.kits.kit_reading import read_kit
from backend.kits.mappings import Mapping

KITS = Path(__file__).parents[2] / "field_kits"
SHEETS = sorted([*KITS.glob("*/forms/*.xlsx"), *KITS.glob("*/*.xlsx")])

CHINESE, ENGLISH = "中文 (zh)", "English (en)"


def kit_of(sheet: Path) -> Path:
    """The kit's folder that a sheet lies in."""
    return KITS / sheet.relative_to(KITS).parts[0]


def rows(sheet: Path, page: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row of a page with its number, as {column title: value}."""
    header, *lines = openpyxl.load_workbook(sheet)[page].iter_rows(values_only=True)
    for at, line in enumerate(lines, 2):
        if any(line):
            yield at, dict(zip(header, line, strict=True))


def choices(sheet: Path) -> dict[str, set[str]]:
    """The names of each list of choices."""
    found: dict[str, set[str]] = {}
    for _, row in rows(sheet, "choices"):
        found.setdefault(row["list_name"], set()).add(row["name"])
    return found


def edited(sheet: Path, folder: Path, page: str, cell: str, value: Any) -> Path:
    """A copy of the sheet with one cell changed, as a clerk might."""
    book = openpyxl.load_workbook(sheet)
    book[page][cell] = value
    book.save(folder / sheet.name)
    return folder / sheet.name


def mapping_of(form_id: str) -> Mapping:
    """What the answers of a shipped form become, as its kit says."""
    content = {path.name: path.read_bytes() for path in (KITS / form_id).glob("kit.toml")}
    kit, mistakes = read_kit(form_id, content)
    assert kit is not None, mistakes
    return kit.mappings[form_id]
