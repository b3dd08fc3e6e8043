"""Choices that are words of the code and not rows of a table, named for people: `choices.csv`, in the order in which
they are shown. A word that is added there needs its line here (a test holds them together).
"""

import csv
from functools import cache
from pathlib import Path

from backend.sync.reference_schemas import CarriedList, ListItem

FILE = Path(__file__).with_name("choices.csv")


@cache
def choices() -> tuple[CarriedList, ...]:
    """Every list of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    return tuple(
        CarriedList(
            id=name,
            items=[ListItem(row["code"], row["name_zh"], row["name_en"]) for row in rows if row["list"] == name],
        )
        for name in dict.fromkeys(row["list"] for row in rows)
    )
